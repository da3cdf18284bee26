import { expect, it } from 'vitest';
import { renderChart } from '../testing/render-chart.ts';
import { excuses, specFindings } from '../testing/spec-facts.ts';
import { specExceptions } from './spec-exceptions.ts';
import { OBSERVABILITY, observabilityCases, SERVICE, serviceCases, UMBRELLA, umbrellaCases } from './value-cases.ts';

/** Cases that have between them what needs an exception. */
const cases = [
  ...serviceCases.map((each) => ({ chart: SERVICE, ...each })),
  ...umbrellaCases
    .filter(({ name }) =>
      [
        'defaults',
        'example production',
        'digests and pull secrets, and Redis',
        'the supergraph of a ConfigMap',
      ].includes(name),
    )
    .map((each) => ({ chart: UMBRELLA, ...each })),
  ...observabilityCases.map((each) => ({ chart: OBSERVABILITY, ...each })),
];

it('is needed in at least one of these cases, each', () => {
  const findings = cases.flatMap(({ name: _, ...options }) => specFindings(renderChart(options).objects));
  const needless = specExceptions.filter((exception) => !findings.some((finding) => excuses(exception, finding)));
  expect(needless).toEqual([]);
});
