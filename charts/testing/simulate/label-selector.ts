import { fields, list, mapOf, oneOf, optional, type Parsed, ShapeError, text } from './shape.ts';

export type Labels = Readonly<Record<string, string>>;

const requirement = fields({
  key: text,
  operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: optional(list(text)),
});

/** meta/v1 LabelSelector. */
export const labelSelector = fields({
  matchLabels: optional(mapOf(text)),
  matchExpressions: optional(list(requirement)),
});

export type LabelSelector = Parsed<typeof labelSelector>;

/**
 * Whether a selector selects an object with these labels. An empty selector selects everything; all of matchLabels and
 * matchExpressions must hold. `NotIn` holds for an object without the key.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return (
    hasLabels(labels, selector.matchLabels ?? {}) &&
    (selector.matchExpressions ?? []).every((each) => holds(each, labels))
  );
}

/** Whether `labels` has every one of `wanted`. */
export const hasLabels = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

function holds({ key, operator, values = [] }: Parsed<typeof requirement>, labels: Labels): boolean {
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (takesValues !== values.length > 0) {
    throw new ShapeError(`matchExpressions: ${key} ${operator} ${takesValues ? 'needs' : 'takes no'} values`);
  }
  const value = labels[key];
  const isAmong = value !== undefined && values.includes(value);
  if (operator === 'In') return isAmong;
  if (operator === 'NotIn') return !isAmong;
  return (value !== undefined) === (operator === 'Exists');
}
