import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { Constant, GraphqlText, SourceText } from './graphql-text.ts';
import { readScript, SCRIPT_LANGUAGES, type ScriptModule } from './script-module.ts';

/** Endings of the names of files that have GraphQL and nothing else. */
export const GRAPHQL_ENDINGS = ['.graphql', '.gql'];

/** The source files of an application, each read once, and the constants that they have of each other. */
export class SourceModules {
  readonly #modules = new Map<string, ScriptModule>();
  readonly #paths: readonly string[];

  /** @param paths absolute, of the files whose documents are wanted. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** One of the files, or one that they import. */
  module(path: string): ScriptModule {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const read = readModule({ path, text: readFileSync(path, 'utf8') });
    this.#modules.set(path, read);
    return read;
  }

  /** What a static expression in a file stands for, `fragments.product` for two names; undefined where it is not known. */
  constant({ path }: SourceText, names: readonly string[]): Constant | undefined {
    const module = this.module(path);
    const [name = '', ...members] = names;
    // A function may have a name of its own, which hides the module's.
    return module.ambiguous.has(name) ? undefined : this.#local(path, name, members, new Set());
  }

  #local(path: string, name: string, members: readonly string[], seen: Set<string>): Constant | undefined {
    // A constant is made of earlier ones: who meets itself has no value.
    const key = `${path}:${name}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const { constants, imports } = this.module(path);
    const constant = constants.get(name);
    if (constant !== undefined) return this.#member(constant, members, seen);
    const imported = imports.get(name);
    return imported && this.#imported(path, imported, members, seen);
  }

  #imported(
    path: string,
    { from, name }: { from: string; name: string },
    members: readonly string[],
    seen: Set<string>,
  ): Constant | undefined {
    const [wanted, ...below] = name === '*' ? members : [name, ...members];
    if (wanted === undefined) return undefined;
    if (!from.startsWith('.')) return this.#byName(wanted, below, seen);
    const target = fileImported(path, from);
    return target === undefined ? undefined : this.#exported(target, wanted, below, seen);
  }

  #exported(path: string, name: string, members: readonly string[], seen: Set<string>): Constant | undefined {
    const key = `${path} ${name}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const { exports, reexported } = this.module(path);
    const found = exports.get(name);
    if (typeof found === 'string') return this.#local(path, found, members, seen);
    if (found !== undefined) return this.#imported(path, found, members, seen);
    for (const from of reexported) {
      const constant = this.#imported(path, { from, name }, members, seen);
      if (constant !== undefined) return constant;
    }
    return undefined;
  }

  /** Of a module whose file only the application's bundler knows: what the one file that exports the name says. */
  #byName(name: string, members: readonly string[], seen: Set<string>): Constant | undefined {
    if (name === 'default') return undefined;
    const having = this.#paths.filter((path) => typeof this.module(path).exports.get(name) === 'string');
    const [only, ...others] = having;
    return only === undefined || others.length > 0 ? undefined : this.#exported(only, name, members, seen);
  }

  #member(constant: Constant, members: readonly string[], seen: Set<string>): Constant | undefined {
    const [name, ...below] = members;
    if (name === undefined) return constant;
    if (constant instanceof Map) {
      const member: Constant | undefined = constant.get(name);
      return member && this.#member(member, below, seen);
    }
    // Another name of an object: `const fragments = product.fragments`.
    const [part, ...others] = (constant as GraphqlText).parts;
    if (part?.kind !== 'hole' || part.names === undefined || others.length > 0) return undefined;
    const [local = '', ...own] = part.names;
    return this.#local(part.file.path, local, [...own, ...members], seen);
  }
}

function readModule(file: SourceText): ScriptModule {
  const ending = extname(file.path);
  if (ending in SCRIPT_LANGUAGES) return readScript(file, ending);
  const text: GraphqlText = { file, parts: [{ kind: 'piece', text: file.text, offset: 0 }] };
  return {
    file,
    texts: [text],
    constants: new Map([['document', text]]),
    imports: new Map(),
    exports: new Map([['default', 'document']]),
    reexported: [],
    ambiguous: new Set(),
    problems: [],
  };
}

/** The file that `./products` names; `./products.js` may be `products.ts`. */
function fileImported(importer: string, from: string): string | undefined {
  const path = join(dirname(importer), from);
  const endings = [...Object.keys(SCRIPT_LANGUAGES), ...GRAPHQL_ENDINGS];
  const bare = path.replace(/\.[cm]?js(x?)$/, '');
  const candidates = [
    path,
    ...[path, bare].flatMap((base) => endings.map((ending) => base + ending)),
    ...endings.map((ending) => join(path, `index${ending}`)),
  ];
  const isSource = (file: string) => endings.includes(extname(file)) && existsSync(file) && statSync(file).isFile();
  return candidates.find(isSource);
}
