import { Ajv } from 'ajv';
import { completeSchema } from './complete-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** For tests: what a schema, as the chart has it, says against values, each problem with its place. */
export function valueProblems(schema: JsonSchema): (values: unknown) => string[] {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(completeSchema('chart', schema));
  return (values) => {
    validate(values);
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath} ${message} ${params.additionalProperty ?? ''}`.trim(),
    );
  };
}
