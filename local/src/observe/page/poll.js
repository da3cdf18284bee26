/** Reads JSON. Undefined where nothing is new (204). @throws Error with the server's own words */
export async function read(path, signal) {
  const response = await fetch(path, { signal });
  if (response.status === 204) return undefined;
  if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status });
  return response.json();
}

const connection = document.getElementById('connection');

/**
 * Runs `update` at once and then every `everyMs`, while the page is seen, until `signal` aborts. When the server does not
 * answer, it says so and goes on.
 */
export async function poll(update, everyMs, signal) {
  while (!signal.aborted) {
    if (!document.hidden) {
      try {
        await update();
        connection.textContent = '';
      } catch (error) {
        if (signal.aborted) return;
        connection.textContent = error.status === undefined ? 'npm start has ended, or is busy.' : error.message;
      }
    }
    await wait(everyMs, signal);
  }
}

/** Until the time is over, the page is seen again, or nobody waits any more. */
function wait(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done);
  });
}
