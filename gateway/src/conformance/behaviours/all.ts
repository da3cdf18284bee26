import type { Behaviour } from '../behaviour.ts';
import { abstractTypeBehaviours } from "./abstract-types.ts";import { keyBehaviours } from "./keys.ts";import { ownershipBehaviours } from "./ownership.ts";import { requiresBehaviours } from "./requires.ts";

export const BEHAVIOURS: readonly Behaviour[] = [...keyBehaviours, ...ownershipBehaviours, ...abstractTypeBehaviours, ...requiresBehaviours];
