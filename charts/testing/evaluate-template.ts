/**
 * What Prometheus makes of a text with `{{ $labels.x }}`, `{{ $value }}` (also through a function), and
 * `{{ if … }}…{{ else if … }}…{{ else }}…{{ end }}`, as far as rules use it: conditions are `eq`, `ne`, and `not (…)`.
 *
 * @param value what `$value` is shown as
 * @throws Error at what it does not know
 */
export function evaluateTemplate(text: string, labels: Readonly<Record<string, string>>, value = ''): string {
  let evaluated = '';
  // Of each `if` around a place: whether this branch is taken, and whether one was.
  const branches: { isTaken: boolean; wasTaken: boolean }[] = [];
  const enter = (isTaken: boolean) => branches.push({ isTaken, wasTaken: isTaken });
  const leave = () => {
    const branch = branches.pop();
    if (branch === undefined) throw new Error(`no if before it: ${text}`);
    return branch;
  };
  for (const [, literal = '', action] of text.matchAll(/((?:(?!\{\{).)*)(?:\{\{\s*(.*?)\s*\}\}|$)/gsy)) {
    const isTaken = branches.every((branch) => branch.isTaken);
    if (isTaken) evaluated += literal;
    if (action === undefined) continue;
    const [, alternative, condition] = /^(else )?if (.+)$/.exec(action) ?? [];
    if (alternative !== undefined || action === 'else') {
      const { wasTaken } = leave();
      const isNext = !wasTaken && (condition === undefined || holds(condition, labels));
      branches.push({ isTaken: isNext, wasTaken: wasTaken || isNext });
    } else if (condition !== undefined) enter(holds(condition, labels));
    else if (action === 'end') leave();
    else if (isTaken) evaluated += /^\$value( \| \w+)?$/.test(action) ? value : operand(action, labels);
  }
  if (branches.length > 0) throw new Error(`an if without its end: ${text}`);
  return evaluated;
}

function holds(condition: string, labels: Readonly<Record<string, string>>): boolean {
  const [, negated] = /^not \((.+)\)$/.exec(condition) ?? [];
  if (negated !== undefined) return !holds(negated, labels);
  const [, name, rest = ''] = /^(eq|ne) (.+)$/.exec(condition) ?? [];
  const [first, ...others] = rest.split(' ').map((each) => operand(each, labels));
  if (name === undefined || others.length === 0) throw new Error(`no condition that is known: ${condition}`);
  return others.some((other) => other === first) === (name === 'eq');
}

function operand(text: string, labels: Readonly<Record<string, string>>): string {
  const [, label, quoted] = /^(?:\$labels\.(\w+)|"([^"]*)")$/.exec(text) ?? [];
  if (label !== undefined) return labels[label] ?? '';
  if (quoted === undefined) throw new Error(`no operand that is known: ${text}`);
  return quoted;
}
