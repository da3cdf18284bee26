import fastify from 'fastify';

/** What is wrong with `value`, in the validator's words; undefined: nothing. */
export type JsonSchemaCheck = (value: unknown) => Promise<string | undefined>;

/**
 * A check by a JSON Schema of draft 2020-12, in one piece. It is done by Fastify's own validator (Ajv, with formats),
 * which knows the keywords of a published event in the same sense, but not the draft by its name.
 */
export function jsonSchemaCheck({ $schema: _, ...body }: Readonly<Record<string, unknown>>): JsonSchemaCheck {
  const app = fastify({
    // As a plain validator: unknown keywords are annotations, and nothing is converted, filled in or taken away.
    ajv: { customOptions: { strict: false, coerceTypes: false, useDefaults: false, removeAdditional: false } },
  });
  app.post('/', { schema: { body } }, () => '');
  return async (value) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(value),
    });
    return answer.statusCode === 200 ? undefined : answer.json<{ message: string }>().message;
  };
}
