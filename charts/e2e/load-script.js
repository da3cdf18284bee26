// Runs in a pod: asks URL for SECONDS, or until SIGUSR2, with WORKERS at a time, and prints what came of it as one line of
// JSON. Plain JavaScript for `node -e`: the pod has Node and nothing else of ours.
const { URL: url, SECONDS, WORKERS, PAUSE_MS, HEADERS, QUERY, EMAIL, PASSWORD } = process.env;
const headers = { 'content-type': 'application/json', ...JSON.parse(HEADERS) };
const result = { ok: 0, failed: 0, reasons: {}, slowestMs: 0 };
let endMs;

async function ask(query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  const { data, errors } = JSON.parse(text);
  if (errors !== undefined) throw new Error(`${errors[0].extensions?.code ?? errors[0].message} at ${errors[0].path}`);
  return data;
}

async function signIn() {
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }';
  const { session } = (await ask(query, { input: { email: EMAIL, password: PASSWORD } })).signIn;
  headers.authorization = `Bearer ${session.accessToken}`;
}

async function work() {
  while (Date.now() < endMs) {
    const startedMs = Date.now();
    try {
      await ask(QUERY);
      result.ok++;
    } catch (error) {
      const reason = error.cause?.code ?? error.message;
      result.failed++;
      result.reasons[reason] = (result.reasons[reason] ?? 0) + 1;
    }
    result.slowestMs = Math.max(result.slowestMs, Date.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, Number(PAUSE_MS)));
  }
}

process.on('SIGUSR2', () => {
  endMs = 0;
});

async function main() {
  if (EMAIL !== undefined) await signIn();
  endMs = Date.now() + Number(SECONDS) * 1000;
  await Promise.all(Array.from({ length: Number(WORKERS) }, work));
  console.log(JSON.stringify(result));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
