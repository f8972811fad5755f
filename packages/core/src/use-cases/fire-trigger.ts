import type { Activation } from "../domain/activation.ts";
import type { Trigger, TriggerRule } from "../domain/entity.ts";
import { TooLarge, WhiskError } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { mergeArguments } from "../domain/invocation.ts";
import type { JsonObject } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import { messages } from "../domain/messages.ts";
import { referenceId } from "../domain/names.ts";
import { allowedPayloadBytes } from "../domain/namespace-limits.ts";
import type { ActivationFeed } from "../ports/activation-feed.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { ActionCatalogue } from "./action-catalogue.ts";
import type { InvocationCall, InvokeAction } from "./invoke-action.ts";
import { isKept, type StoreLevels } from "./kept-records.ts";
import { actionPathOf } from "./rule-references.ts";
import { type EntityPath, requireOwn, requireType } from "./stored-entity.ts";
import type { Admit } from "./throttles.ts";

export interface FireTriggerDependencies {
  /** The one that also runs what callers invoke: what is fired counts and is refused like what is posted. */
  readonly invokeAction: InvokeAction;
  readonly catalogue: ActionCatalogue;
  readonly activations: ActivationStore;
  /** Is told of each event that ran something. */
  readonly feed?: ActivationFeed;
  readonly limits: SystemLimits;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Counts each event against what the caller's namespace may fire; without it nothing is counted. */
  readonly admitFire?: Admit;
  /** Which records are kept; all, unless told. */
  readonly storeLevels?: StoreLevels;
  /** Hears why a rule's action could not be run when that is the server's own fault. */
  readonly report: (transid: string, error: unknown) => void;
}

/** What an event brings along. */
export interface TriggerEvent {
  readonly payload: JsonObject;
  /** Of the request, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface FireTriggerRequest {
  readonly identity: Identity;
  readonly path: EntityPath;
  readonly transid: string;
  /** Whether the caller wants records whatever the store levels say: of the trigger, and of what its rules run. */
  readonly extraLogging?: boolean | undefined;
  /** Read once it is clear that the caller may fire the trigger. */
  readonly event: () => Promise<TriggerEvent>;
}

/**
 * Fires a trigger: runs the action of every active rule on it.
 * @returns the id of the trigger's own activation; undefined when no rule is active, which leaves no trace.
 * @throws TooManyRequests, Forbidden, NotFound, Conflict, BadRequest
 */
export type FireTrigger = (request: FireTriggerRequest) => Promise<string | undefined>;

/**
 * Makes {@link FireTrigger}.
 *
 * It returns once every activation of the rules' actions has been accepted, which for calls that nobody waits for means
 * synced, and the trigger's own record is kept. So there is no time in which an id was told that a crash could make
 * void: a caller who is cut off before has no id, and may fire again. All rules are handed over in one go, so that a
 * journal which commits in groups syncs once for all of them.
 */
export function fireTrigger(deps: FireTriggerDependencies): FireTrigger {
  const { activations, catalogue, clock, ids } = deps;
  return async ({ identity, path, transid, extraLogging, event }) => {
    deps.admitFire?.(identity);
    const id = requireOwn(identity, path);
    const { payload, headers } = await event();
    const { entity: trigger } = requireType(await catalogue.entities.get(id), "trigger");
    const rules = Object.entries(trigger.rules ?? {});
    if (!rules.some(([, { status }]) => status === "active")) return undefined;

    const activationId = ids.activationId();
    const start = clock.now();
    const call = callOf(deps, identity, argumentsOf(trigger, headers, payload));
    const logs = await Promise.all(
      rules.map(([ruleId, rule]) => runRule(deps, { identity, transid, extraLogging, call, ruleId, rule })),
    );
    const record = recordOf(trigger, identity, { activationId, start, payload, logs });
    const about = { user: identity, blocking: false, extraLogging };
    if (isKept(about, record.response, deps.storeLevels)) await activations.put(record);
    deps.feed?.publish(record.namespace, { kind: "ended", activation: record });
    return activationId;
  };
}

function argumentsOf(trigger: Trigger, headers: TriggerEvent["headers"], payload: JsonObject): JsonObject {
  return mergeArguments(trigger.parameters, { __ow_headers: { ...headers }, ...payload });
}

/** The call that every rule's action gets. What is too large to be posted is too large to be fired. */
function callOf({ limits }: FireTriggerDependencies, identity: Identity, args: JsonObject): () => InvocationCall {
  const allowed = allowedPayloadBytes(identity.limits, limits);
  let bytes: number | undefined;
  return () => {
    bytes ??= Buffer.byteLength(JSON.stringify(args));
    if (bytes > allowed) throw new TooLarge(messages.tooLarge("Request", bytes, allowed));
    return { payload: args, payloadBytes: bytes, blocking: false, waitMs: 0 };
  };
}

interface RuleRun {
  readonly identity: Identity;
  readonly transid: string;
  readonly extraLogging: boolean | undefined;
  readonly call: () => InvocationCall;
  readonly ruleId: string;
  readonly rule: TriggerRule;
}

/** Runs a rule's action unless the rule is inactive. @returns the line in the trigger's record that tells what came of it. */
async function runRule(deps: FireTriggerDependencies, run: RuleRun): Promise<string> {
  const { ruleId, rule, identity, transid, extraLogging } = run;
  const action = referenceId(rule.action);
  const refused = (statusCode: 1 | 3, error: string): string =>
    JSON.stringify({ statusCode, success: false, error, rule: ruleId, action });
  if (rule.status !== "active") return refused(1, messages.ruleInactive(ruleId, action));
  try {
    const { activationId } = await deps.invokeAction({
      identity,
      path: actionPathOf(rule.action),
      transid,
      extraLogging,
      received: deps.clock.now(),
      call: async () => run.call(),
    });
    return JSON.stringify({ statusCode: 0, success: true, activationId, rule: ruleId, action });
  } catch (error) {
    if (error instanceof WhiskError && error.status < 500) return refused(1, error.message);
    deps.report(transid, error);
    return refused(3, error instanceof WhiskError ? error.message : messages.internalError);
  }
}

/** The record of a trigger's activation: it has no end, and its result is what the event brought. */
function recordOf(
  { name, version }: Trigger,
  { namespace, subject }: Identity,
  rest: Pick<Activation, "activationId" | "start" | "logs"> & { readonly payload: JsonObject },
): Activation {
  const { payload, ...given } = rest;
  return {
    ...given,
    namespace: namespace.name,
    name,
    version,
    subject,
    end: 0,
    response: { statusCode: 0, result: payload },
    annotations: [],
    publish: false,
  };
}
