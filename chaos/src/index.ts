export { type GraphOptions, type GraphProcesses, startGraphProcesses } from './graph/graph-processes.ts';
export { documents } from './load/documents.ts';
export { type Ask, createGraphClient } from './load/graph-client.ts';
export { openShop, type Shop } from './load/shop.ts';
