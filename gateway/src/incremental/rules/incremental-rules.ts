import type { ValidationRule } from 'graphql';
import { DeferStreamDirectiveLabelRule } from './defer-stream-directive-label-rule.ts';
import { DeferStreamDirectiveOnRootFieldRule } from './defer-stream-directive-on-root-field-rule.ts';
import { DeferStreamDirectiveOnValidOperationsRule } from './defer-stream-directive-on-valid-operations-rule.ts';
import { OverlappingStreamDirectivesRule } from './overlapping-stream-directives-rule.ts';
import { StreamDirectiveInitialCountRule } from './stream-directive-initial-count-rule.ts';
import { StreamDirectiveOnListFieldRule } from './stream-directive-on-list-field-rule.ts';

/** The specification's rules of `@defer` and `@stream`, which graphql-js 16 does not have. */
export const incrementalRules: readonly ValidationRule[] = [
  // https://spec.graphql.org/draft/#sec-Defer-And-Stream-Directives-Are-Used-On-Valid-Root-Field
  DeferStreamDirectiveOnRootFieldRule,
  // https://spec.graphql.org/draft/#sec-Defer-And-Stream-Directives-Are-Used-On-Valid-Operations
  DeferStreamDirectiveOnValidOperationsRule,
  // https://spec.graphql.org/draft/#sec-Defer-And-Stream-Directive-Labels-Are-Unique
  DeferStreamDirectiveLabelRule,
  // https://spec.graphql.org/draft/#sec-Stream-Directives-Are-Used-On-List-Fields
  StreamDirectiveOnListFieldRule,
  // https://spec.graphql.org/draft/#sec-stream
  StreamDirectiveInitialCountRule,
  // https://spec.graphql.org/draft/#sec-Field-Selection-Merging
  OverlappingStreamDirectivesRule,
];
