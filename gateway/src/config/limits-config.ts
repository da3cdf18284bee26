import { bytes } from '@tributary/service-kit';
import { z } from 'zod';
import { EXECUTION_LIMITS } from '../limits/execution-limits.ts';

const count = () => z.int().min(1);
/** As large as documents may get: whatever walks through one is written for so many. */
const MAX_OF_DOCUMENT = 20_000;

/** What one request may ask for (docs/edge/limits.md); over it, it is refused, or cut. */
export const limitsConfig = z
  .strictObject({
    /** Lexical tokens of the document; and as many comments. */
    tokens: count().max(MAX_OF_DOCUMENT).default(2000),
    /** Levels of fields, fragments written out. A list inside a list multiplies. */
    depth: count().max(100).default(10),
    /** Levels of fields of introspection: what tools ask for has 15. */
    introspectionDepth: count().max(100).default(20),
    /** Of an operation, fragments written out, `__typename` included. */
    aliases: count().default(15),
    /** Of an operation, fragments written out. */
    rootFields: count().default(15),
    /** Of the document, whatever they are and however often they are repeated. */
    directives: count().default(50),
    /** Fields and fragments of the document, written out where they are spread. */
    selections: count().max(MAX_OF_DOCUMENT).default(2000),
    /** Pairs of fields with one response key at one place: validation compares them. */
    duplicates: count().default(10_000),
    /** The variables, as they are sent. */
    variables: bytes().default(64 * 1024),
    /** Objects and lists inside each other in the variables. */
    variablesDepth: count().max(1000).default(20),
    /** Fetches of a plan. */
    planFetches: count().default(EXECUTION_LIMITS.planFetches),
    /** Fetches of a plan that wait for each other. */
    planDepth: count().default(EXECUTION_LIMITS.planDepth),
    /** Entities that one fetch asks for; more of them go in several. */
    entitiesPerFetch: count().default(EXECUTION_LIMITS.entitiesPerFetch),
    /** Entities that all fetches of a request ask for together. */
    entities: count().default(EXECUTION_LIMITS.entities),
    /** Of all answers of subgraphs to one request. */
    subgraphBytes: bytes().default(EXECUTION_LIMITS.subgraphBytes),
  })
  .prefault({});
