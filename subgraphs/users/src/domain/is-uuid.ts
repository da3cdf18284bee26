/** Whether a column of type `uuid` can be asked for it; anything else is the id of nothing. */
export const isUuid = (id: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
