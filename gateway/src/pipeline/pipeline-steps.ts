import type { UsedDeprecations } from '../deprecations/used-deprecations.ts';
import type { Exchange, Step } from './exchange.ts';
import type { PipelineParts } from './graphql-pipeline.ts';
import { admit } from './steps/admit.ts';
import { authoriseOperation } from './steps/authorise.ts';
import { chooseLine } from './steps/choose-line.ts';
import { chooseOperation } from './steps/choose-operation.ts';
import { coerceVariables } from './steps/coerce-variables.ts';
import { estimateCost } from './steps/estimate-cost.ts';
import { executeOrSubscribe } from './steps/execute-or-subscribe.ts';
import { expandBody } from './steps/expand-body.ts';
import { findDocument } from './steps/find-document.ts';
import { findText } from './steps/find-text.ts';
import { identify } from './steps/identify.ts';
import type { LimitRate } from './steps/limit-rate.ts';
import { nameClient } from './steps/name-client.ts';
import { negotiate } from './steps/negotiate.ts';
import { parseRequest } from './steps/parse-request.ts';
import { refuseForgery } from './steps/refuse-forgery.ts';
import { rememberDocument } from './steps/remember-document.ts';
import { tellCost } from './steps/tell-cost.ts';
import { tellDeprecations } from './steps/tell-deprecations.ts';
import { validateDocument } from './steps/validate-document.ts';

export interface PipelineSteps {
  /** Whether a connection for operations may be opened. */
  readonly ofConnection: readonly Step[];
  /** The way of a request, of an operation of a batch, or of one that came as a message. */
  of(exchange: Exchange): readonly Step[];
  /**
   * The way of a request whose operation its path stands for; `find` reads it in place of `parse-request`, and `choose`,
   * where there are version lines, is its `choose-line`.
   */
  ofRoute(choose: Step | undefined, find: Step): readonly Step[];
}

/** The order of the steps. */
export function pipelineSteps(
  parts: PipelineParts,
  rates: LimitRate | undefined,
  usedDeprecations: UsedDeprecations,
): PipelineSteps {
  // Said of what is refused, too.
  const naming = nameClient();
  const choosing = parts.lines && chooseLine(parts.lines);
  const refuseForged = refuseForgery(parts.corsOrigins);
  const expand = expandBody(parts.bodyLimitBytes);
  /** From here on, each operation of a batch goes its own way. */
  const read = stepsOf(
    parseRequest(parts.batching),
    rates?.byPart,
    // What is not trusted may be refused here, unread.
    findText(parts.persistedDocuments, parts.metrics),
  );
  const onceRead = stepsOf(
    // Whoever is turned away has cost no more than that.
    parts.door && admit(parts.door, parts.shedding, parts.cookieName),
    // Before the document costs anything.
    identify(parts.verifier, parts.credentials),
    rates?.byUser,
    // Limits and parser, or the cache.
    findDocument(parts.tracer, parts.limits),
    // Before validation: a mutation by GET is refused whether or not it is valid.
    chooseOperation,
    validateDocument(parts.tracer, parts.introspection),
    coerceVariables(parts.limits),
    // Before anything is planned of what the caller may not see; conditions hang on the variables.
    authoriseOperation(parts.engine, parts.tracer),
    // As long as the variables say, lists get.
    parts.costs && estimateCost(parts.costs),
    // What is more expensive counts for more.
    rates?.byCost,
    // Behind all that refuses.
    rememberDocument(parts.persistedDocuments, parts.log, parts.metrics),
    // Plans and executes, or begins a subscription.
    executeOrSubscribe(parts),
    parts.costs && tellCost(parts.costs),
    tellDeprecations(usedDeprecations),
  );
  const ofConnection = stepsOf(naming, rates?.byAddress, choosing);
  const ofRequest = stepsOf(
    naming,
    // How refusals are answered.
    negotiate,
    // What was decided before the body was read.
    rates?.byAddress,
    // Before anything is done of what its body asks for: a browser may have been tricked into the request.
    refuseForged,
    // A version that is not there, or no longer, costs nothing more.
    choosing,
    // Only what is none of that costs an expansion.
    expand,
    ...read,
    ...onceRead,
  );
  const ofPart = [...read, ...onceRead];
  const ofMessage = stepsOf(naming, choosing, ...ofPart);
  return {
    ofConnection,
    of: ({ part, isMessage }) => (part === undefined ? ofRequest : isMessage ? ofMessage : ofPart),
    ofRoute: (choose, find) => stepsOf(naming, rates?.byAddress, choose, refuseForged, expand, find, ...onceRead),
  };
}

/** What is switched off is no step. */
const stepsOf = (...steps: readonly (Step | undefined)[]): readonly Step[] =>
  steps.filter((step) => step !== undefined);
