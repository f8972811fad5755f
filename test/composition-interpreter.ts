import { type Loop, type Plan, STEPS, TESTS, type VARIABLE_USES, type Value } from "./random-composition.ts";

/** What a composition comes to: its result, or the error that nothing in it caught. */
export interface Expected {
  readonly result: Value;
  readonly failed: boolean;
  /** Whether the server's limit on components may have been met. */
  readonly tooLong: boolean;
}

/** How many actions a composition may run before the server ends it, less a few to be sure. */
const MAX_ACTIONS = 40;

/** What can be seen from a place of the composition. */
interface Place {
  /** The variable, where there is one, and what hides behind it. */
  readonly scope: Scope | undefined;
  /** Actions that have run so far, anywhere. */
  readonly tally: { actions: number };
}
interface Scope {
  x: number;
  readonly outer: Scope | undefined;
}
type PlanOf<Field extends string> = Extract<Plan, Readonly<Record<Field, unknown>>>;

/** An error on its way to who catches it. */
class Failure extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super(String(value["error"]));
    this.value = { error: value["error"] };
  }
}

/** What the documentation of the combinators says that a plan comes to, worked out without the composer and the server. */
export function expectedOf(plan: Plan, input: Value): Expected {
  const tally = { actions: 0 };
  const result = caught(() => run(plan, input, { scope: undefined, tally }));
  return { result, failed: "error" in result, tooLong: tally.actions > MAX_ACTIONS };
}

function run(plan: Plan, value: Value, place: Place): Value {
  if ("parts" in plan) return runParts(plan, value, place);
  switch (plan.kind) {
    case "step":
      if (plan.as === "action") place.tally.actions++;
      return checked(STEPS[plan.name](value) ?? (plan.as === "action" ? {} : value));
    case "variable":
      return useVariable(plan.use, value, place.scope);
    case "literal":
      return { n: plan.n };
    case "if":
    case "if_nosave": {
      const told = checked(TESTS[plan.test](value));
      return run(told["value"] ? plan.yes : plan.no, plan.kind === "if" ? value : told, place);
    }
    case "try":
    case "finally": {
      const outcome = caught(() => run(plan.body, value, place));
      return plan.kind === "finally" || "error" in outcome ? run(plan.next, outcome, place) : outcome;
    }
    default:
      return looped(plan.kind, plan.count, value, (current) => run(plan.body, current, place));
  }
}

function runParts(plan: PlanOf<"parts">, value: Value, place: Place): Value {
  const { scope } = place;
  const body = (input = value): Value => inTurn(plan.parts, input, place);
  switch (plan.kind) {
    case "sequence":
      return body();
    case "mask":
      return inTurn(plan.parts, value, { ...place, scope: scope?.outer });
    case "let":
      return inTurn(plan.parts, value, { ...place, scope: { x: plan.x, outer: scope } });
    case "retain":
      return { params: value, result: body() };
    case "retain_catch":
      return { params: value, result: caught(body) };
    case "merge":
      return checked({ ...value, ...body() });
    case "repeat":
      return repeated(plan.count, value, body);
    case "retry":
      return retried(plan.count, body);
  }
}

/** A sequence of nothing hands on what it gets, errors as errors. */
function inTurn(parts: readonly Plan[], value: Value, place: Place): Value {
  return parts.length === 0 ? checked(value) : parts.reduce((current, part) => run(part, current, place), value);
}

/** What has an error is an error from here on. */
function checked(value: Value): Value {
  if (value["error"] !== undefined) throw new Failure(value);
  return value;
}

function caught(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) return error.value;
    throw error;
  }
}

function useVariable(use: keyof typeof VARIABLE_USES, value: Value, scope: Scope | undefined): Value {
  const n = typeof value["n"] === "number" ? value["n"] : 0;
  if (use === "add") return { n: n + (scope?.x ?? 0) };
  if (scope !== undefined) scope.x = n;
  return checked(value);
}

/** Only those called `_nosave` show what their test answered to what comes next. */
function looped(kind: Loop, count: number, value: Value, body: (value: Value) => Value): Value {
  let left = count;
  let current = kind.startsWith("do") ? body(value) : value;
  for (;;) {
    const told: Value = checked({ ...current, value: left-- > 0 });
    const next = kind.endsWith("_nosave") ? told : current;
    if (!told["value"]) return checked(next);
    current = body(next);
  }
}

function repeated(count: number, value: Value, body: (value: Value) => Value): Value {
  let current = value;
  for (let done = 0; done < count; done++) current = body(current);
  return checked(current);
}

function retried(retries: number, body: () => Value): Value {
  let outcome = caught(body);
  for (let left = retries; "error" in outcome && left > 0; left--) outcome = caught(body);
  return checked(outcome);
}
