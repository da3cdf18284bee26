import type { GraphQLSchema } from 'graphql';
import { answerShape, removeMisfits, type Shape } from './answer-shape.ts';

const MAX_REMEMBERED = 1000;

/** Checks answers against the current schema; the shape of each fetch is worked out once. */
export class AnswerShapes {
  #schema: GraphQLSchema | undefined;
  #shapes = new Map<string, Shape>();

  use(schema: GraphQLSchema): void {
    this.#schema = schema;
    this.#shapes = new Map();
  }

  /** @returns the places of what was removed from `data` because it does not fit. */
  removeMisfits(query: string, data: Record<string, unknown>): (string | number)[][] {
    if (this.#schema === undefined) return [];
    let shape = this.#shapes.get(query);
    if (shape === undefined) {
      if (this.#shapes.size >= MAX_REMEMBERED) this.#shapes.clear();
      shape = answerShape(query, this.#schema);
      this.#shapes.set(query, shape);
    }
    return removeMisfits(data, shape);
  }
}
