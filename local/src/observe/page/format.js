/** 0.0123 → `12 µs`, 1.234 → `1.23 ms`, 1234 → `1.23 s`. */
export function duration(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  if (ms >= 1) return `${ms.toFixed(ms >= 10 ? 1 : 2)} ms`;
  return ms === 0 ? '0' : `${Math.max(1, Math.round(ms * 1000))} µs`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `14:03:07`, where the reader is. */
export const timeOfDay = (ms) => clock.format(ms);

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
