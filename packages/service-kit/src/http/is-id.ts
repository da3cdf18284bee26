/** Whether something can be the id of anything: a UUID as `newId` writes it. Nothing else may reach a column of ids. */
export const isId = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
