import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { nearest, operationRules } from '@tributary/service-kit';
import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, validate } from 'graphql';
import type { Finding } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { formatReport } from '../formats/formats.ts';
import { parseGraphql } from '../parse-graphql.ts';
import { operationPlanner } from '../planning/operation-planner.ts';
import { planMermaid } from '../planning/plan-mermaid.ts';
import { planShape } from '../planning/plan-shape.ts';
import { planSteps } from '../planning/plan-steps.ts';
import { planTitle } from '../planning/plan-title.ts';
import { planTree } from '../planning/plan-tree.ts';
import { readSupergraph } from '../planning/read-supergraph.ts';
import { takePositionals } from '../positionals.ts';
import { readText } from '../read-text.ts';
import { repositoryRoot } from '../subgraphs.ts';
import { placeInDocument } from '../trusted-documents.ts';
import { type Command, UsageError } from './command.ts';

const FORMATS = ['text', 'json', 'mermaid'];
const FLAGS = {
  operation: { type: 'string' },
  supergraph: { type: 'string' },
  root: { type: 'string', default: repositoryRoot },
  format: { type: 'string', default: 'text', oneOf: FORMATS },
} as const;

export const plan: Command = {
  name: 'plan',
  summary: 'shows by which requests to subgraphs the gateway answers an operation',
  usage: `graph plan DOCUMENT [--operation NAME] [--supergraph FILE] [--root FOLDER] [--format ${FORMATS.join('|')}]
  DOCUMENT      a file with the operation, or - for standard input
  --operation   which one, of several
  --supergraph  default schema/supergraph.graphql of the repository
  --root        the repository, default this one`,
  async run(args) {
    const { positionals, rest } = takePositionals(args, FLAGS);
    const flags = parseFlags(rest, FLAGS);
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw new UsageError('graph plan takes one document.');
    const text = file === '-' ? readFileSync(0, 'utf8') : readText(file);
    const planner = operationPlanner(readSupergraph(resolve(flags.root), flags.supergraph));
    const report = (findings: Finding[]) => {
      const summary = `${file} is not planned.`;
      const format = flags.format === 'json' ? 'json' : 'text';
      console.log(formatReport({ command: 'graph plan', findings, summary }, format));
      return 1 as const;
    };
    const parsed = parseGraphql(text);
    const errors = parsed instanceof GraphQLError ? [parsed] : validate(planner.apiSchema, parsed, operationRules);
    if (parsed instanceof GraphQLError || errors.length > 0)
      return report(errors.map((error) => notValid(error, text, placeName(file, flags.root))));
    const operation = operationOf(parsed, flags.operation);
    const name = operation.name?.value;
    const steps = planSteps(planner.plan(parsed, name));
    const shape = planShape(steps);
    const title = planTitle([operation.operation, ...(name === undefined ? [] : [name])].join(' '), shape);
    if (flags.format === 'json')
      console.log(JSON.stringify({ operation: name ?? null, ...shape, plan: steps ?? null }, null, 2));
    else if (flags.format === 'mermaid') console.log(planMermaid(steps, title));
    else console.log(steps === undefined ? title : `${title}\n\n${planTree(steps)}`);
    return 0;
  },
};

/** A file of the repository is named from its root. */
function placeName(file: string, root: string): string {
  if (file === '-') return 'standard input';
  const name = relative(resolve(root), resolve(file));
  return name.startsWith('..') ? file : name;
}

const notValid = (error: GraphQLError, text: string, file: string): Finding => ({
  severity: 'error',
  code: 'DOCUMENT_NOT_VALID',
  message: error.message,
  file,
  ...placeInDocument(error, text),
});

function operationOf(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const names = operations.flatMap((operation) => operation.name?.value ?? []);
  const named = name === undefined ? operations : operations.filter((operation) => operation.name?.value === name);
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return only;
  if (name === undefined)
    throw new UsageError(
      operations.length === 0 ? 'The document has no operation.' : `--operation takes one of ${names.join(', ')}.`,
    );
  const near = nearest(name, names);
  throw new UsageError(`The document has no operation ${name}${near === undefined ? '.' : `; did you mean ${near}?`}`);
}
