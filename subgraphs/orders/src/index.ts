export { orderTransitions } from './domain/order-transitions.ts';
export { timelineWords } from './domain/timeline-words.ts';
export { subgraph } from './subgraph.ts';
export { ORDER_STATUSES, ORDER_TRIGGERS } from './tables.ts';
