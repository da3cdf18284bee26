import type { Behaviour } from '../behaviour.ts';
import { abstractTypeBehaviours } from './abstract-types.ts';
import { inputBehaviours } from './inputs.ts';
import { keyBehaviours } from './keys.ts';
import { mergingBehaviours } from './merging.ts';
import { nullAndErrorBehaviours } from './nulls-and-errors.ts';
import { operationBehaviours } from './operations.ts';
import { ownershipBehaviours } from './ownership.ts';
import { requiresBehaviours } from './requires.ts';
import { valueAndNameBehaviours } from './values-and-names.ts';
import { visibilityBehaviours } from './visibility.ts';

/** Every behaviour, by what it is about. */
export const BEHAVIOURS: Readonly<Record<string, readonly Behaviour[]>> = {
  'Entities and keys': keyBehaviours,
  'Who resolves a field': ownershipBehaviours,
  'Required fields': requiresBehaviours,
  'Interfaces and unions': abstractTypeBehaviours,
  'What is merged': mergingBehaviours,
  'Nulls and errors': nullAndErrorBehaviours,
  'Arguments and variables': inputBehaviours,
  Operations: operationBehaviours,
  'Values and names': valueAndNameBehaviours,
  'What clients see': visibilityBehaviours,
};
