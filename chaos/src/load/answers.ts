import { appendFileSync } from 'node:fs';

/** What a customer was answered to a `placeOrder`. */
export interface Answer {
  customerId: string;
  key: string;
  /** Null when the answer names no order: it was refused, and nothing was made. */
  orderId: string | null;
  /** The answer as it came. */
  body: string;
}

/** The customers' own record, against which the services' is held. */
export interface Answers {
  add(answer: Answer): void;
  list(): readonly Answer[];
}

export function createAnswers(file: string): Answers {
  const answers: Answer[] = [];
  return {
    add(answer) {
      answers.push(answer);
      appendFileSync(file, `${JSON.stringify(answer)}\n`);
    },
    list: () => answers,
  };
}
