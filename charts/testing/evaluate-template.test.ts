import { expect, it } from 'vitest';
import { evaluateTemplate } from './evaluate-template.ts';

it.each([
  ['of {{ $labels.job }}, {{ $value | humanize }}', 'of a, 5'],
  ['{{ if eq $labels.job "b" "a" }}one{{ else }}other{{ end }}!', 'one!'],
  ['{{ if eq $labels.job "b" }}one{{ else if eq $labels.job "a" }}two{{ else }}three{{ end }}', 'two'],
  ['{{ if eq $labels.job "b" }}one{{ else if eq $labels.job "c" }}two{{ else }}{{ $labels.job }}{{ end }}', 'a'],
  ['{{ if not (eq $labels.job "a") }}/x?{{ if ne $labels.job $labels.pod }}y{{ end }}{{ end }}', ''],
  ['{{ if ne $labels.job $labels.pod }}/x{{ end }}', '/x'],
])('%s', (text, evaluated) => {
  expect(evaluateTemplate(text, { job: 'a', pod: 'p' }, '5')).toBe(evaluated);
});

it('says what it does not know', () => {
  for (const text of ['{{ range . }}', '{{ if $labels.job }}x{{ end }}', '{{ if eq "a" "a" }}x', 'x{{ end }}']) {
    expect(() => evaluateTemplate(text, {}), text).toThrow(/known|if/);
  }
});
