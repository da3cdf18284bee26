// `npm run new-subgraph -- NAME`: a subgraph from subgraphs/_template that composes, runs and has passing tests.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const name = process.argv[2] ?? '';
const folder = join(root, 'subgraphs', name);
if (!/^[a-z][a-z0-9]{1,30}$/.test(name))
  fail('Usage: npm run new-subgraph -- NAME, with 2 to 31 lower-case letters and digits, such as reviews.');
// Names of the gateway and of what the charts run beside services, of PostgreSQL's and the migrations' own schemas and roles.
if (['gateway', 'ingress', 'migrations', 'nats', 'postgres', 'provision', 'public'].includes(name))
  fail(`${name} is taken: use another name.`);
if (existsSync(folder)) fail(`subgraphs/${name} is there already.`);

const port = nextPort();
cpSync(join(root, 'subgraphs/_template'), folder, {
  recursive: true,
  filter: (source) => !['node_modules', 'migrations', 'README.md'].includes(basename(source)),
});
for (const file of filesIn(folder)) {
  const renamed = join(file, '..', rename(basename(file)));
  writeFileSync(file, rename(readFileSync(file, 'utf8')));
  renameSync(file, renamed);
}
writeFileSync(
  join(folder, 'config.yaml'),
  `# This subgraph when it runs on a developer's machine; a container overrides it.\nserver:\n  port: ${port}\nadmin:\n  port: ${port + 5400}\n`,
);
writeFileSync(
  join(folder, 'README.md'),
  `# ${name}\n\nWhat this subgraph owns, the events that it emits and hears, its configuration.\n`,
);

step('linking its packages', 'npx', [
  '-y',
  `pnpm@${pnpmVersion()}`,
  'install',
  '--no-frozen-lockfile',
  '--prefer-offline',
]);
step('writing its first migration', process.execPath, ['scripts/migration.ts', name, 'init']);
step('composing the supergraph and generating types', process.execPath, ['scripts/generate.ts']);
addToChart();
step('deriving who may ask it', 'npm', ['run', '--silent', 'graph', '--', 'mesh']);
console.log(`
subgraphs/${name} answers on port ${port} with the next \`npm start\`. Now:
  1. describe its domain in subgraphs/${name}/schema.graphql, then npm run generate
  2. change subgraphs/${name}/src/tables.ts, then npm run migration -- ${name} WHAT_CHANGES
  3. npm test -- subgraphs/${name}
  4. name its owner in CODEOWNERS, then npm run generate (its alerts go there), and look over its edges: charts/tests/edges/graph-edges.ts lists those that are reviewed`);

/** The line by which charts/tributary deploys it, at its place in the alphabet. */
function addToChart(): void {
  const file = join(root, 'charts/tributary/values.yaml');
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.indexOf('services:');
  if (start === -1) fail(`${file} has no line "services:".`);
  const isEnd = (line: string) => /^\S/.test(line);
  const isAfter = (line: string) => (/^ {2}([a-z]\w*):/.exec(line)?.[1] ?? '') > name;
  const offset = lines.slice(start + 1).findIndex((line) => isEnd(line) || isAfter(line));
  lines.splice(start + 1 + offset, 0, `  ${name}: {}`);
  writeFileSync(file, lines.join('\n'));
}

/** template → reviews, Template → Reviews. */
function rename(text: string): string {
  return text.replaceAll('template', name).replaceAll('Template', name[0]?.toUpperCase() + name.slice(1));
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((entry) => filesIn(join(path, entry)));
}

function nextPort(): number {
  const files = readdirSync(join(root, 'subgraphs')).map((entry) => join(root, 'subgraphs', entry, 'config.yaml'));
  const ports = files
    .filter((file) => existsSync(file))
    .map((file) => parse(readFileSync(file, 'utf8')).server.port as number);
  return Math.max(...ports) + 1;
}

function pnpmVersion(): string {
  const bootstrap = readFileSync(join(root, 'scripts/bootstrap.mjs'), 'utf8');
  return /PNPM_VERSION = '(.+)'/.exec(bootstrap)?.[1] ?? fail('scripts/bootstrap.mjs names no pnpm version.');
}

function step(what: string, command: string, args: string[]): void {
  console.log(`${what} …`);
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) fail(`${what} failed:\n${result.stdout}\n${result.stderr}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
