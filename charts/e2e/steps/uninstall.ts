import type { ClusterObject } from '../cluster.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

/** What the notes say that stays, beside the pod of the last test: Secrets that were made, and data. */
const STAYS = ['Secret', 'PersistentVolumeClaim'];
const KINDS =
  'deployment,statefulset,job,pod,service,configmap,secret,serviceaccount,persistentvolumeclaim,horizontalpodautoscaler,poddisruptionbudget,networkpolicy';

export const uninstall: Step = {
  name: 'uninstall',
  async run({ cluster, release }) {
    await cluster.helm('uninstall', release, '--wait', '--timeout', '3m');
    const left = await until('what goes to be gone', 90_000, async () => {
      const objects = await cluster.list(KINDS, `app.kubernetes.io/part-of=${release}`);
      const isTest = ({ kind, metadata }: ClusterObject) => kind === 'Pod' && metadata.name === `${release}-helm-test`;
      const others = objects.filter((each) => !STAYS.includes(each.kind) && !isTest(each));
      if (others.length > 0) throw new Error(others.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '));
      return objects;
    });
    const counts = STAYS.map((kind) => `${left.filter((object) => object.kind === kind).length} ${kind}s`);
    return `left are ${counts.join(' and ')}, as the notes say`;
  },
};
