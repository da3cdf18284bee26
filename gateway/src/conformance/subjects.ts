import type { StartSubject } from '../oracle/subject.ts';
import { startApolloGateway } from '../oracle/subjects/apollo-gateway.ts';
import { startOwnExecutor } from '../oracle/subjects/own-executor.ts';
import type { SubjectName } from './behaviour.ts';

/** The gateways that are compared. */
export const SUBJECTS: Readonly<Record<SubjectName, StartSubject>> = {
  stock: startApolloGateway,
  ours: startOwnExecutor,
};
