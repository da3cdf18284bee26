import { buildASTSchema, type GraphQLDirective, parse } from 'graphql';

/**
 * What makes a trusted document a route (ADR 0034). They are read and taken out before the document is validated: no
 * graph defines them.
 */
const REST_DIRECTIVES_SDL = `
"Makes the operation a route of the REST API."
directive @rest(
  "By default GET for a query and POST for a mutation."
  method: RestMethod
  "Below the version line, \`/orders/{id}\`; what stands in braces is a variable."
  path: String!
  "Where in the data the answer's body is: names of the answer, by dots."
  result: String!
  "Where in the data the typed errors of a mutation are: when there are any, the answer is a problem."
  errors: String
  "The status of success."
  status: Int! = 200
  "From this major version of the API on."
  since: Int! = 1
  "Up to this one, which is the last to have it."
  until: Int
) on QUERY | MUTATION

"The variable is sent as this header."
directive @header(name: String!) on VARIABLE_DEFINITION

enum RestMethod { GET POST PUT PATCH DELETE }
`;

const schema = buildASTSchema(parse(REST_DIRECTIVES_SDL), { assumeValidSDL: true });

export const restDirective = schema.getDirective('rest') as GraphQLDirective;
export const headerDirective = schema.getDirective('header') as GraphQLDirective;
