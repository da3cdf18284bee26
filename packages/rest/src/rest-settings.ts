import { loadConfig } from '@tributary/service-kit';
import { z } from 'zod';

const text = z.string().min(1);

export const restSettings = z.strictObject({
  title: text.default('REST API'),
  description: text.optional(),
  contact: z.strictObject({ name: text.optional(), url: text.optional(), email: text.optional() }).optional(),
  license: z.strictObject({ name: text, url: text }).optional(),
  /** What the routes below a path's first part are about: `orders`. */
  tags: z.record(text, text).default({}),
  /** OpenAPI formats by scalar (`DateTime`), or by coordinate of a field, argument or input field (`User.email`). */
  formats: z.record(text, text).default({}),
  /** What a number is between, by the coordinate of a field, argument or input field. */
  ranges: z
    .record(text, z.strictObject({ minimum: z.number().optional(), maximum: z.number().optional() }))
    .default({}),
  /** Example values by scalar or coordinate. */
  examples: z.record(text, z.json()).default({}),
});

/** What an OpenAPI document says that no schema does. */
export type RestSettings = z.infer<typeof restSettings>;

/**
 * @param file an `openapi.yaml`; undefined: the defaults
 * @throws ConfigError that names the file and what is wrong in it
 */
export function readRestSettings(file: string | undefined): RestSettings {
  return loadConfig(restSettings, { name: file ?? 'openapi.yaml', files: file ? [file] : [], environment: {} });
}
