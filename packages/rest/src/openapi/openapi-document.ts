import type { JsonSchema } from './json-schema.ts';

export type OpenApiVersion = '3.0' | '3.1';

/** Of an element that is deprecated; `x-sunset` is that of `JsonSchema`. */
type Ending = Pick<JsonSchema, 'deprecated' | 'x-sunset'>;

export interface OpenApiParameter extends Ending {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: JsonSchema;
}

interface Reference {
  $ref: string;
}

export interface OpenApiHeader {
  description: string;
  schema: JsonSchema;
}

export interface OpenApiContent {
  schema: JsonSchema;
  example?: unknown;
}

export interface OpenApiResponse {
  description: string;
  headers?: Record<string, OpenApiHeader | Reference>;
  content?: Record<string, OpenApiContent>;
}

export interface OpenApiOperation extends Ending {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: OpenApiParameter[];
  requestBody?: { required: boolean; content: Record<string, OpenApiContent> };
  responses: Record<string, OpenApiResponse | Reference>;
}

/** OpenAPI 3.1, as far as it is written here (https://spec.openapis.org/oas/v3.1.1). */
export interface OpenApiDocument {
  openapi: string;
  info: {
    title: string;
    version: string;
    description?: string;
    contact?: object;
    license?: { name: string; url: string };
  };
  servers: { url: string; description?: string }[];
  tags: { name: string; description?: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, OpenApiResponse>;
    headers: Record<string, OpenApiHeader>;
    securitySchemes: Record<string, object>;
  };
}
