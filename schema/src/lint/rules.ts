import type { Rule } from './rule.ts';
import { deprecationReasons } from './rules/deprecation-reasons.ts';
import { descriptions } from './rules/descriptions.ts';
import { entityKeys } from './rules/entity-keys.ts';
import { enumValueNames } from './rules/enum-value-names.ts';
import { eventStreams } from './rules/event-streams.ts';
import { fieldNames } from './rules/field-names.ts';
import { idTypes } from './rules/id-types.ts';
import { inputNames } from './rules/input-names.ts';
import { invalidDeprecation } from './rules/invalid-deprecation.ts';
import { moneyTypes } from './rules/money-types.ts';
import { mutationPayloads } from './rules/mutation-payloads.ts';
import { needlessShareable } from './rules/needless-shareable.ts';
import { nullableFetches } from './rules/nullable-fetches.ts';
import { overrideSources } from './rules/override-sources.ts';
import { queryNames } from './rules/query-names.ts';
import { referenceResolvers } from './rules/reference-resolvers.ts';
import { resolvableStubs } from './rules/resolvable-stubs.ts';
import { sharedFieldTypes } from './rules/shared-field-types.ts';
import { sunsets } from './rules/sunsets.ts';
import { timeTypes } from './rules/time-types.ts';
import { typeNames } from './rules/type-names.ts';
import { unboundedLists } from './rules/unbounded-lists.ts';
import { unreferencedEntities } from './rules/unreferenced-entities.ts';
import { unusedExternals } from './rules/unused-externals.ts';
import { unusedKeys } from './rules/unused-keys.ts';

/** Every rule of `graph lint`, in the order of schema/lint-rules.md, where each has its section. */
export const rules: readonly Rule[] = [
  // Names: they can be chosen once.
  typeNames,
  fieldNames,
  enumValueNames,
  inputNames,
  queryNames,
  mutationPayloads,

  // What clients have to know.
  descriptions,

  // Shapes that hold when the data grow, and when a part is down.
  unboundedLists,
  nullableFetches,

  // Types that say what they hold.
  idTypes,
  moneyTypes,
  timeTypes,

  // Ends that are announced.
  deprecationReasons,
  sunsets,
  invalidDeprecation,

  // Federation: what composes, and should not be.
  entityKeys,
  unusedKeys,
  unreferencedEntities,
  resolvableStubs,
  sharedFieldTypes,
  needlessShareable,
  unusedExternals,
  overrideSources,
  referenceResolvers,

  // Events that are heard.
  eventStreams,
];
