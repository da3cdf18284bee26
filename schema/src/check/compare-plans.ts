import type { DocumentNode } from 'graphql';
import type { Finding } from '../finding.ts';
import { isTooComplex, type OperationPlanner, operationPlanner } from '../planning/operation-planner.ts';
import { type PlanShape, planShape } from '../planning/plan-shape.ts';
import { planSteps } from '../planning/plan-steps.ts';
import { planTree } from '../planning/plan-tree.ts';
import type { Cache } from './cache.ts';
import type { JudgedDocument } from './check-documents.ts';
import { PlanInputs } from './plan-inputs.ts';

/** What a document costs by one supergraph; or that it has no plan there. */
type Planned = (PlanShape & { readonly tree: string }) | { readonly failure: string; readonly isTooComplex: boolean };

/**
 * PLAN_REGRESSION for each document that takes more fetches than before, or more of them one after the other;
 * DOCUMENT_NOT_PLANNED for one that is valid and gets no plan, PLAN_NOT_COMPARED where planning would take too long. Only documents that are valid on both sides are planned.
 */
export function planFindings(
  documents: readonly JudgedDocument[],
  [before, after]: readonly [Planner, Planner],
  cache: Cache,
): Finding[] {
  if (before.supergraphSdl === after.supergraphSdl) return [];
  const table = cache.table<Planned>(['plans']);
  const planned = documents
    .filter(({ wasValid, errors }) => wasValid && errors.length === 0)
    .flatMap((document) => {
      const digests = [before, after].map(({ inputs }) => inputs.digestFor(document.uses));
      // By the same inputs it is the same plan.
      if (digests[0] === digests[1]) return [];
      const [was, is] = [before, after].map((side, index) =>
        table.of(`${digests[index]} ${document.text}`, () => planOf(document, side.planner())),
      ) as [Planned, Planned];
      return findingOf(document, was, is);
    });
  table.save();
  return planned;
}

/** What plans by one supergraph, made when the first document needs it. */
export interface Planner {
  readonly supergraphSdl: string;
  readonly inputs: PlanInputs;
  planner(): OperationPlanner;
}

export function plannerOf(supergraphSdl: string, supergraph: DocumentNode): Planner {
  let planner: OperationPlanner | undefined;
  return {
    supergraphSdl,
    inputs: new PlanInputs(supergraph),
    planner() {
      planner ??= operationPlanner(supergraphSdl);
      return planner;
    },
  };
}

function planOf({ document, name }: JudgedDocument, planner: OperationPlanner): Planned {
  try {
    const steps = planSteps(planner.plan(document, name));
    return { ...planShape(steps), tree: steps === undefined ? 'no fetches' : planTree(steps) };
  } catch (error) {
    return { failure: (error as Error).message.split('\n', 1)[0] ?? '', isTooComplex: isTooComplex(error) };
  }
}

function findingOf({ app, name, path }: JudgedDocument, was: Planned, is: Planned): Finding[] {
  const place = { file: path, line: 1, column: 1 };
  if ('failure' in is) {
    if ('failure' in was) return [];
    if (is.isTooComplex) {
      const message = `${name} of ${app} has more ways to be planned than are looked at, and took ${costOf(was)}.`;
      return [{ severity: 'warning', code: 'PLAN_NOT_COMPARED', message, ...place }];
    }
    const message = `${name} of ${app} is valid, and gets no plan any more: ${is.failure}`;
    return [{ severity: 'error', code: 'DOCUMENT_NOT_PLANNED', message, ...place }];
  }
  if ('failure' in was || (is.fetches <= was.fetches && is.depth <= was.depth)) return [];
  const message = `${name} of ${app} takes ${costOf(is)}, and took ${costOf(was)}.\nBefore:\n${was.tree}\nAfter:\n${is.tree}`;
  return [{ severity: 'warning', code: 'PLAN_REGRESSION', message, ...place }];
}

const costOf = ({ fetches, depth }: PlanShape) => `${fetches} ${fetches === 1 ? 'fetch' : 'fetches'}, ${depth} deep`;
