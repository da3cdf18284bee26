import type { ESTree } from 'rolldown/utils';
import { type GraphqlTags, graphqlLiteral, namesOf, unwrapped } from './graphql-literal.ts';
import type { Constant, SourceText } from './graphql-text.ts';

/** A name that another module exports; `*` is all of them, as an object. */
export interface ImportedName {
  readonly from: string;
  readonly name: string;
}

/** What the names of a module stand for. */
export interface ModuleNames {
  readonly constants: Map<string, Constant>;
  readonly imports: Map<string, ImportedName>;
  /** Of a local name, or of another module's. */
  readonly exports: Map<string, string | ImportedName>;
  /** Modules of which everything is exported. */
  readonly reexported: string[];
}

/** A name that no module can use, for what `export default` gives. */
const DEFAULT = '*default*';

export function moduleNames(body: readonly ESTree.Node[], file: SourceText, tags: GraphqlTags): ModuleNames {
  const names: ModuleNames = { constants: new Map(), imports: new Map(), exports: new Map(), reexported: [] };
  const addConstants = (declaration: ESTree.Node | null): string[] => {
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') return [];
    return declaration.declarations.flatMap(({ id, init }) => {
      const constant = init === null ? undefined : constantOf(init, file, tags);
      if (id.type !== 'Identifier' || constant === undefined) return [];
      names.constants.set(id.name, constant);
      return [id.name];
    });
  };
  for (const statement of body) {
    switch (statement.type) {
      case 'ImportDeclaration':
        addImports(statement, names);
        break;
      case 'ExportNamedDeclaration':
        for (const name of addConstants(statement.declaration)) names.exports.set(name, name);
        addSpecifiers(statement, names);
        break;
      case 'ExportDefaultDeclaration': {
        const constant = constantOf(statement.declaration, file, tags);
        if (constant !== undefined) names.constants.set(DEFAULT, constant);
        names.exports.set('default', DEFAULT);
        break;
      }
      case 'ExportAllDeclaration':
        if (statement.exported === null) names.reexported.push(statement.source.value);
        else names.exports.set(nameOf(statement.exported), { from: statement.source.value, name: '*' });
        break;
      default:
        addConstants(statement);
    }
  }
  return names;
}

function addImports({ specifiers, source }: ESTree.ImportDeclaration, { imports }: ModuleNames): void {
  for (const specifier of specifiers) {
    const name =
      specifier.type === 'ImportSpecifier'
        ? nameOf(specifier.imported)
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : '*';
    imports.set(specifier.local.name, { from: source.value, name });
  }
}

function addSpecifiers({ specifiers, source }: ESTree.ExportNamedDeclaration, { exports }: ModuleNames): void {
  for (const { local, exported } of specifiers) {
    const name = nameOf(local);
    exports.set(nameOf(exported), source === null ? name : { from: source.value, name });
  }
}

const nameOf = (name: ESTree.ModuleExportName): string => (name.type === 'Literal' ? name.value : name.name);

function constantOf(wrapped: ESTree.Node, file: SourceText, tags: GraphqlTags): Constant | undefined {
  const node = unwrapped(wrapped);
  const literal = graphqlLiteral(node, file, tags);
  if (literal !== undefined) return literal;
  const names = namesOf(node);
  if (names !== undefined) return { file, parts: [{ kind: 'hole', names, offset: node.start, file }] };
  if (node.type !== 'ObjectExpression') return undefined;
  const members = node.properties.flatMap((property): [string, Constant][] => {
    if (property.type !== 'Property' || property.computed) return [];
    const { key } = property;
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
    const constant = constantOf(property.value, file, tags);
    return name === undefined || constant === undefined ? [] : [[name, constant]];
  });
  return new Map(members);
}
