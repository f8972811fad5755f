import fc from "fast-check";

export type Status = "active" | "inactive";

/** What the contract says of a namespace with a few triggers, actions and rules. */
export interface Model {
  /** The rules that each trigger has, in any order. */
  readonly triggers: Map<string, Map<string, { readonly action: string; readonly status: Status }>>;
  readonly actions: Set<string>;
  readonly rules: Map<string, { readonly trigger: string; readonly action: string }>;
}

/** One call. */
export type Operation =
  | { readonly kind: "create" | "upsert"; readonly rule: string; readonly trigger: string; readonly action: string }
  | { readonly kind: "move" | "retarget"; readonly rule: string; readonly to: string }
  | { readonly kind: "enable" | "disable" | "delete" | "get"; readonly rule: string }
  | { readonly kind: "addTrigger" | "updateTrigger" | "dropTrigger" | "fire"; readonly trigger: string }
  | { readonly kind: "addAction" | "dropAction"; readonly action: string };

const trigger = fc.constantFrom("t1", "t2");
const action = fc.constantFrom("a1", "a2");
const rule = fc.constantFrom("r1", "r2", "r3");
const kinds = <K extends string>(...names: K[]) => fc.constantFrom(...names);
/** Any call about two triggers, two actions and three rules. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: fc.record({ kind: kinds("create", "upsert"), rule, trigger, action }), weight: 4 },
  { arbitrary: fc.record({ kind: kinds("move"), rule, to: trigger }), weight: 2 },
  { arbitrary: fc.record({ kind: kinds("retarget"), rule, to: action }), weight: 1 },
  { arbitrary: fc.record({ kind: kinds("enable", "disable", "delete", "get"), rule }), weight: 4 },
  { arbitrary: fc.record({ kind: kinds("addTrigger", "updateTrigger", "dropTrigger"), trigger }), weight: 2 },
  { arbitrary: fc.record({ kind: kinds("fire"), trigger }), weight: 3 },
  { arbitrary: fc.record({ kind: kinds("addAction", "dropAction"), action }), weight: 1 },
);

/** What is expected of an answer; `undefined` where it does not matter. */
export interface Expected {
  readonly status: number;
  readonly ruleStatus?: Status;
  /** Of a fire: the actions that were run, and by rule whether each was. */
  readonly ran?: readonly string[];
  readonly told?: Readonly<Record<string, boolean>>;
}

function statusOf(model: Model, name: string): Status {
  const { trigger = "" } = model.rules.get(name) ?? {};
  return model.triggers.get(trigger)?.get(name)?.status ?? "inactive";
}

function write(model: Model, name: string, next: { trigger: string; action: string }, created: boolean): Expected {
  if (!model.triggers.has(next.trigger) || !model.actions.has(next.action)) return { status: 400 };
  const status = created ? "active" : statusOf(model, name);
  const old = model.rules.get(name);
  if (old !== undefined) model.triggers.get(old.trigger)?.delete(name);
  model.rules.set(name, next);
  model.triggers.get(next.trigger)?.set(name, { action: next.action, status });
  return { status: 200, ruleStatus: status };
}

function applyToRule(model: Model, op: Extract<Operation, { readonly rule: string }>): Expected {
  const old = model.rules.get(op.rule);
  switch (op.kind) {
    case "create":
      return old === undefined ? write(model, op.rule, op, true) : { status: 409 };
    case "upsert":
      return write(model, op.rule, op, old === undefined);
    case "move":
      return old === undefined ? { status: 400 } : write(model, op.rule, { ...old, trigger: op.to }, false);
    case "retarget":
      return old === undefined ? { status: 400 } : write(model, op.rule, { ...old, action: op.to }, false);
    case "get":
      return old === undefined ? { status: 404 } : { status: 200, ruleStatus: statusOf(model, op.rule) };
    case "delete":
      if (old === undefined) return { status: 404 };
      model.rules.delete(op.rule);
      model.triggers.get(old.trigger)?.delete(op.rule);
      return { status: 200, ruleStatus: "inactive" };
    default:
      return switchRule(model, op.rule, op.kind === "enable" ? "active" : "inactive");
  }
}

function switchRule(model: Model, name: string, wanted: Status): Expected {
  const old = model.rules.get(name);
  if (old === undefined) return { status: 404 };
  const links = model.triggers.get(old.trigger);
  if (links === undefined) return { status: wanted === "active" ? 404 : 200 };
  if (statusOf(model, name) !== wanted) links.set(name, { action: old.action, status: wanted });
  return { status: 200 };
}

/** What a call does to the model, and what it is to answer. */
export function apply(model: Model, op: Operation): Expected {
  if ("rule" in op) return applyToRule(model, op);
  if ("action" in op) return applyToAction(model, op.kind, op.action);
  const links = model.triggers.get(op.trigger);
  if (op.kind === "addTrigger") {
    if (links === undefined) model.triggers.set(op.trigger, new Map());
    return { status: links === undefined ? 200 : 409 };
  }
  if (op.kind === "updateTrigger") {
    if (links === undefined) model.triggers.set(op.trigger, new Map());
    return { status: 200 };
  }
  if (links === undefined) return { status: 404 };
  if (op.kind === "dropTrigger") {
    model.triggers.delete(op.trigger);
    return { status: 200 };
  }
  const active = [...links.values()].filter((link) => link.status === "active");
  if (active.length === 0) return { status: 204, ran: [] };
  const runs = (link: { action: string; status: Status }) => link.status === "active" && model.actions.has(link.action);
  const told = Object.fromEntries([...links].map(([name, link]) => [`guest/${name}`, runs(link)]));
  return {
    status: 202,
    ran: active
      .filter(runs)
      .map((link) => `guest/${link.action}`)
      .sort(),
    told,
  };
}

function applyToAction(model: Model, kind: "addAction" | "dropAction", name: string): Expected {
  if (kind === "dropAction") return { status: model.actions.delete(name) ? 200 : 404 };
  model.actions.add(name);
  return { status: 200 };
}
