/** Names that federation itself puts into a schema, in its documents or in code that was written for version 1. */
export const isMachinery = (name: string): boolean =>
  /^(__|federation__|link__|core__|join__)/.test(name) ||
  ['_Any', '_Entity', '_FieldSet', '_Service', '_entities', '_service'].includes(name);
