import type { DocumentNode, OperationDefinitionNode, VariableDefinitionNode } from 'graphql';

export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A part of a path between slashes: fixed, or the value of a variable. */
export type PathSegment = { readonly text: string } | { readonly variable: string };

/** A variable of the operation, and where a request has it. */
export interface RestParameter {
  /** The variable's name. */
  readonly variable: string;
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** The variable's name; of a header, the header's, in lower case. */
  readonly name: string;
  readonly definition: VariableDefinitionNode;
}

/** A trusted document that is bound to a path. */
export interface RestRoute {
  /** The operation's name. */
  readonly name: string;
  /** Relative to the folder of routes. */
  readonly file: string;
  readonly method: RestMethod;
  /** As it is written: `/orders/{id}`. */
  readonly path: string;
  readonly segments: readonly PathSegment[];
  readonly parameters: readonly RestParameter[];
  /** Keys of the answer, from the data down to the body. */
  readonly result: readonly string[];
  /** Keys of the answer down to a list of typed errors; undefined where the operation has none. */
  readonly errors: readonly string[] | undefined;
  /** Of an answer that is no problem. */
  readonly status: number;
  /** The first and the last major version of the API that have it. */
  readonly majors: { readonly since: number; readonly until: number };
  /** The comment above the operation. */
  readonly description: string;
  readonly operation: OperationDefinitionNode;
  /** What is executed: without `@rest` and `@header`. */
  readonly document: DocumentNode;
  readonly text: string;
}

/** Whether a version of the API is to have it. */
export const isInLine = ({ majors }: Pick<RestRoute, 'majors'>, major: number): boolean =>
  majors.since <= major && major <= majors.until;

/** Whether it only reads: then it has no body, and its answer an ETag. */
export const isRead = ({ method }: Pick<RestRoute, 'method'>): boolean => method === 'GET';

/** By its content type a POST is told from a form of another site: it has a body, also where that says nothing. */
export const mustHaveBody = ({ method }: Pick<RestRoute, 'method'>): boolean => method === 'POST';
