import { afterAll, describe, expect, it } from 'vitest';
import { findHelm } from '../testing/helm-binary.ts';
import { lintChart, renderChart } from '../testing/render-chart.ts';
import { schemaProblems } from '../testing/schema-problems.ts';
import { httpRouteProblems } from '../testing/simulate/http-route-problems.ts';
import { routeProblems } from '../testing/simulate/route-problems.ts';
import { specFacts } from '../testing/spec-facts.ts';
import { specExceptions } from './spec-exceptions.ts';
import {
  ISTIO,
  istioCases,
  OBSERVABILITY,
  observabilityCases,
  SERVICE,
  serviceCases,
  UMBRELLA,
  umbrellaCases,
  type ValueCase,
} from './value-cases.ts';

const charts: [string, string, readonly ValueCase[]][] = [
  ['charts/tributary', UMBRELLA, umbrellaCases],
  ['charts/service', SERVICE, serviceCases],
  ['istio', ISTIO, istioCases],
  ['observability', OBSERVABILITY, observabilityCases],
];

/** Every chart with every case of values, by one Helm: valid, as every workload has to be, and without an unsafe route. */
export function checkRenderings(helm: 3 | 4): void {
  let [rendered, checked] = [0, 0];
  describe.skipIf(findHelm(helm) === undefined).each(charts)(`Helm ${helm}: %s`, (_, chart, cases) => {
    it.each(cases.map(({ name, ...given }) => [name, given] as const))('%s', (_name, given) => {
      const objects = renderChart({ chart, ...given, helm }).objects;
      expect(objects.flatMap((object) => schemaProblems(object))).toEqual([]);
      expect(specFacts(objects, specExceptions)).toEqual([]);
      // The mesh's chart by itself has no pods for its routes to lead to.
      if (chart !== ISTIO) expect([...routeProblems(objects), ...httpRouteProblems(objects)]).toEqual([]);
      rendered++;
      checked += objects.length;
    });

    // It renders as well, with slower rules: not for every case.
    it('passes lint', () => {
      const isLarge = chart === UMBRELLA || chart === OBSERVABILITY;
      const linted = cases.filter(({ name, values }) => values === undefined || !isLarge || name === 'mesh');
      for (const { name, ...given } of linted) expect(lintChart({ chart, ...given, helm }), name).toEqual([]);
    });
  });
  afterAll(() =>
    console.log(`Helm ${helm}: ${rendered} renderings, ${checked} objects, each valid against its schema`),
  );
}
