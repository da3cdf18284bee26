/** One entry of the catalogue: the HTTP status of a whole answer with it, what a client reads, and what it can do. */
interface CatalogueEntry {
  status: number;
  message: string;
  advice: string;
}

/**
 * Every code that an answer's `errors[].extensions.code` can carry, at the gateway and at every subgraph.
 * `docs/errors.md` is generated from it. Typed domain errors are part of each subgraph's schema instead.
 */
export const errorCatalogue = {
  UNAUTHENTICATED: {
    status: 401,
    message: 'Sign in to do this.',
    advice: 'Send an access token as `authorization: Bearer …`.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    message: 'The access token has expired.',
    advice: 'Get a new one with the `refresh` mutation and repeat the request.',
  },
  TOKEN_INVALID: {
    status: 401,
    message: 'The access token is not valid.',
    advice: 'Signature, issuer, audience, algorithm or form is wrong. Sign in again.',
  },
  SERVICE_IDENTITY_REQUIRED: {
    status: 401,
    message: 'This service answers only to requests that carry a service identity.',
    advice: 'Subgraphs are not public: send the request to the gateway.',
  },
  WEBHOOK_SIGNATURE_INVALID: {
    status: 401,
    message: 'The signature of the webhook is not valid.',
    advice: 'Sign the raw body with the shared secret, and send the report within five minutes.',
  },
  FORBIDDEN: {
    status: 403,
    message: 'You may not do this.',
    advice: 'The signed-in user lacks the role that is needed.',
  },
  BAD_REQUEST: {
    status: 400,
    message: 'The request is not a GraphQL request.',
    advice: 'Send `{ "query": …, "variables": …, "operationName": … }` as JSON, or the same as a query string.',
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    message: 'The document is not GraphQL.',
    advice: 'The message says where the syntax error is.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    message: 'The operation does not fit the schema.',
    advice: 'Each error names the place in the document.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    message: 'Which operation to run is not clear.',
    advice: 'Send `operationName` when the document holds several operations.',
  },
  BAD_USER_INPUT: {
    status: 400,
    message: 'A value in the request is not valid.',
    advice: 'The message names the variable or argument.',
  },
  QUERY_PLAN_COMPLEXITY_EXCEEDED: {
    status: 400,
    message: 'The operation is too complex to be planned.',
    advice: 'Ask for less at once: fewer fields that several subgraphs could answer, fewer types in fragments.',
  },
  OPERATION_LIMIT_EXCEEDED: {
    status: 400,
    message: 'The operation is larger than a limit of this gateway allows.',
    advice: 'The message names the limit. Ask for less at once, or in several requests.',
  },
  COST_ESTIMATED_TOO_EXPENSIVE: {
    status: 400,
    message: 'The operation is estimated to cost more than a request may.',
    advice: 'Ask for shorter lists or fewer of them inside each other; `extensions.cost` tells the estimate.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 404,
    message: 'The gateway does not know the document of that hash.',
    advice: 'Send the request again with `query` beside the hash.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 400,
    message: 'Automatic persisted queries are switched off.',
    advice: 'Send `query` without a hash.',
  },
  PERSISTED_QUERY_HASH_MISMATCH: {
    status: 400,
    message: 'The hash is not that of the document.',
    advice: 'Send the SHA-256 of `query` in UTF-8, in hexadecimal digits.',
  },
  PERSISTED_DOCUMENT_UNKNOWN: {
    status: 403,
    message: 'The gateway executes only documents that were registered for this client.',
    advice: 'Register the document with the application that sends it, and name that application.',
  },
  UNAUTHORIZED_FIELD_OR_TYPE: {
    status: 403,
    message: 'A field or type may not be seen by the caller.',
    advice: 'The path names the field. Sign in, or as somebody who may.',
  },
  RATE_LIMITED: {
    status: 429,
    message: 'Too many requests.',
    advice: 'Try again after the time that `retry-after` names.',
  },
  SUBSCRIPTION_LIMIT_EXCEEDED: {
    status: 429,
    message: 'Too many subscriptions or connections are open at once.',
    advice: 'End some of them first, or share one connection. The limits are in docs/subscriptions.md.',
  },
  SUBSCRIPTION_SLOW_CONSUMER: {
    status: 429,
    message: 'Events came faster than they were taken.',
    advice:
      'Subscribe again, and read faster or select less. What happened since is not told again, unless events have ids.',
  },
  SUBSCRIPTION_RETIRED: {
    status: 410,
    message: 'The schema has changed, and the subscription has no place in it.',
    advice: 'Subscribe again, with a document that is valid by the present schema.',
  },
  SUBSCRIPTION_INTERRUPTED: {
    status: 503,
    message: 'The subscription was interrupted: the service restarts.',
    advice: 'Subscribe again after a moment, behind the last event id where there is one.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: 'This method is not allowed here.',
    advice: 'Mutations go by POST.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    message: 'No media type that the request accepts can be answered.',
    advice: 'Accept `application/graphql-response+json` or `application/json`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: 'The media type of the request is not supported: send application/json.',
    advice: 'Send `content-type: application/json` in UTF-8.',
  },
  CSRF_PREVENTED: {
    status: 400,
    message: 'The request could have been forged by another site.',
    advice: 'Send a `content-type` of `application/json`, or a header such as `apollographql-client-name`.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: 'The request body is too large.',
    advice: 'Send less, in several requests.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    message: 'The headers of the request are too large.',
    advice: 'Send 16 KiB of headers at most. Cookies are among them.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    message: 'The request did not arrive in time.',
    advice: 'Send its headers and its body without pauses.',
  },
  NOT_FOUND: {
    status: 404,
    message: 'There is nothing at this address.',
    advice: 'The GraphQL endpoint is `/graphql`.',
  },
  UNKNOWN_API_VERSION: {
    status: 404,
    message: 'There is no such version of the API.',
    advice: 'The message names those that there are; see docs/api-versions.md.',
  },
  API_VERSION_RETIRED: {
    status: 410,
    message: 'This version of the API is retired.',
    advice: 'Go to the version that the `link` header calls `successor-version`.',
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    message: 'The request took too long and was stopped.',
    advice: 'Ask for less, or try again later.',
  },
  SUBGRAPH_UNAVAILABLE: {
    status: 502,
    message: 'A part of the graph cannot be reached at the moment.',
    advice: 'The other fields of the answer are valid. Try again later.',
  },
  SUBGRAPH_RESPONSE_INVALID: {
    status: 502,
    message: 'A part of the graph gave an answer that cannot be used.',
    advice: 'The other fields of the answer are valid. Report the request id.',
  },
  SUBSCRIPTION_UNAVAILABLE: {
    status: 503,
    message: 'The subscription has no source of events at the moment.',
    advice: 'Subscribe again later, with pauses that become longer.',
  },
  SUBSCRIPTION_EVENTS_LOST: {
    status: 410,
    message: 'The events since the one that was named are no longer kept.',
    advice: 'Subscribe without an event id, then fetch the current state by a query.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    message: 'The service cannot answer at the moment.',
    advice: 'Try again after the time that `retry-after` names.',
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    message: 'Something went wrong on our side.',
    advice: 'Report the request id; the cause is in the log under it.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
