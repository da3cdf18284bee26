export { type GatewayConfig, gatewayConfig } from './config/gateway-config.ts';
export { TributaryGateway, type TributaryGatewayOptions } from './engine/tributary-gateway.ts';
export { type GatewayParts, type RunningGateway, startGateway } from './start-gateway.ts';
