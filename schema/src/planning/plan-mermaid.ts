import type { ConditionStep, FetchStep, PlanStep } from './plan-steps.ts';

/**
 * The plan as a Mermaid flowchart: a box for each fetch, an arrow from what it waits for, a rhombus for a condition.
 *
 * @param title in the first box
 */
export function planMermaid(step: PlanStep | undefined, title: string): string {
  const chart = new Flowchart();
  const start = chart.add('(["', title, '"])');
  if (step !== undefined) chart.draw(step, [{ from: start }]);
  return ['flowchart TD', ...chart.lines.map((line) => `  ${line}`)].join('\n');
}

/** An arrow that is open still. */
interface Arrow {
  from: string;
  label?: string;
}

class Flowchart {
  readonly lines: string[] = [];
  #count = 0;

  add(open: string, label: string, close: string): string {
    const id = `n${this.#count++}`;
    this.lines.push(`${id}${open}${escaped(label)}${close}`);
    return id;
  }

  /** Draws a step behind what comes before it; what comes after it follows the arrows that are given back. */
  draw(step: PlanStep, before: readonly Arrow[]): Arrow[] {
    switch (step.kind) {
      case 'fetch':
        return this.#box('["', boxText(step), '"]', before);
      case 'sequence':
        return step.steps.reduce<readonly Arrow[]>((arrows, child) => this.draw(child, arrows), before) as Arrow[];
      case 'parallel':
        return step.steps.flatMap((child) => this.draw(child, before));
      case 'condition':
        return this.#condition(step, before);
    }
  }

  #condition({ variable, whenTrue, whenFalse }: ConditionStep, before: readonly Arrow[]): Arrow[] {
    const arrows = this.#box('{"', variable, '"}', before);
    const branch = (child: PlanStep | undefined, label: string) => {
      const labelled = arrows.map(({ from }) => ({ from, label }));
      return child === undefined ? labelled : this.draw(child, labelled);
    };
    return [...branch(whenTrue, 'true'), ...branch(whenFalse, 'false')];
  }

  #box(open: string, label: string, close: string, before: readonly Arrow[]): Arrow[] {
    const id = this.add(open, label, close);
    for (const { from, label: condition } of before)
      this.lines.push(condition === undefined ? `${from} --> ${id}` : `${from} -->|${condition}| ${id}`);
    return [{ from: id }];
  }
}

const boxText = ({ subgraph, path, fields }: FetchStep) =>
  [subgraph, ...(path === '' ? [] : [`at ${path}`]), fields.replaceAll(/\s+/g, ' ')].join('\n');

/** Mermaid's entities, by which no character of a label ends it or means something. */
const escaped = (label: string) =>
  label.replaceAll(/[#%&<>"`\\]/g, (character) => `#${character.codePointAt(0)};`).replaceAll('\n', '<br/>');
