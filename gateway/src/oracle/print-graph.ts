import {
  type EntityKey,
  type Graph,
  type GraphArgument,
  type GraphField,
  type GraphType,
  interfacesOf,
  resolvingHomes,
} from './graph-model.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@interfaceObject", "@override"])`;

export function subgraphSdl(graph: Graph, subgraph: string): string {
  const types = [...graph.types.values()].map((type) => subgraphType(graph, type, subgraph));
  return [LINK, ...inputSide(graph), ...types.filter((text) => text !== '')].join('\n\n');
}

/** The schema that clients see. */
export function mergedSdl(graph: Graph): string {
  return [...inputSide(graph), ...[...graph.types.values()].map((type) => mergedType(graph, type))].join('\n\n');
}

function subgraphType(graph: Graph, type: GraphType, subgraph: string): string {
  const fields = [...type.fields.values()].flatMap((field) => subgraphField(type, field, subgraph));
  const keys = (type.keys.get(subgraph) ?? []).map(keyDirective).join('');
  const members = type.members.get(subgraph);
  switch (type.kind) {
    case 'root':
      return fields.length === 0 ? '' : block(`type ${type.name}`, fields);
    case 'entity':
      return keys === '' ? '' : block(`type ${type.name}${implementing(graph, type, subgraph)}${keys}`, fields);
    case 'value':
      return block(`type ${type.name}${implementing(graph, type, subgraph)} @shareable`, fields);
    case 'interface':
      if (type.interfaceObjectIn === subgraph) return block(`type ${type.name} @interfaceObject${keys}`, fields);
      return members === undefined ? '' : block(`interface ${type.name}${keys}`, fields);
    case 'union':
      return members === undefined ? '' : `union ${type.name} = ${members.join(' | ')}`;
  }
}

function subgraphField(type: GraphType, field: GraphField, subgraph: string): string[] {
  const home = field.homes.get(subgraph);
  if (home === undefined) return [];
  const isShared = field.isProvided || resolvingHomes(field).length > 1;
  const isInterface = type.kind === 'interface' && type.interfaceObjectIn !== subgraph;
  const directives = [
    home.role === 'resolves' && isShared && !field.isKey && type.kind !== 'value' && !isInterface ? ' @shareable' : '',
    home.role === 'external' ? ' @external' : '',
    home.requires === undefined ? '' : ` @requires(fields: ${JSON.stringify(home.requires)})`,
    home.provides === undefined ? '' : ` @provides(fields: ${JSON.stringify(home.provides)})`,
    home.overrides === undefined ? '' : ` @override(from: ${JSON.stringify(home.overrides)})`,
  ];
  return [`${mergedField(field)}${directives.join('')}`];
}

function mergedType(graph: Graph, type: GraphType): string {
  const fields = [...type.fields.values()].map(mergedField);
  if (type.kind === 'union')
    return `union ${type.name} = ${[...new Set([...type.members.values()].flat())].join(' | ')}`;
  return type.kind === 'interface'
    ? block(`interface ${type.name}`, fields)
    : block(`type ${type.name}${implementing(graph, type)}`, fields);
}

function implementing(graph: Graph, { name }: GraphType, subgraph?: string): string {
  const names = interfacesOf(graph, name, subgraph).map((type) => type.name);
  return names.length === 0 ? '' : ` implements ${names.join(' & ')}`;
}

const inputSide = ({ enums, inputs }: Graph): string[] => [
  ...[...enums].map(([name, values]) => block(`enum ${name}`, values)),
  ...[...inputs].map(([name, fields]) => block(`input ${name}`, fields.map(argument))),
];

const keyDirective = ({ fields, isResolvable }: EntityKey) =>
  ` @key(fields: "${fields}"${isResolvable ? '' : ', resolvable: false'})`;

const mergedField = (field: GraphField) =>
  `${field.name}${field.arguments.length === 0 ? '' : `(${field.arguments.map(argument).join(', ')})`}: ${field.type}`;

const argument = ({ name, type, defaultValue }: GraphArgument) =>
  `${name}: ${type}${defaultValue === undefined ? '' : ` = ${defaultValue}`}`;

const block = (head: string, lines: readonly string[]) => `${head} {\n${lines.map((line) => `  ${line}\n`).join('')}}`;
