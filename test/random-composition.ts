import fc from "fast-check";
import type { Composed, Composer } from "./composer-client.ts";

/** A composition before it is made: what both the composer and the interpreter of these tests read. */
export type Plan =
  | { readonly kind: "step"; readonly name: keyof typeof STEPS; readonly as: "action" | "function" }
  | { readonly kind: "variable"; readonly use: keyof typeof VARIABLE_USES }
  | { readonly kind: "literal"; readonly n: number }
  | { readonly kind: "sequence" | "retain" | "retain_catch" | "merge" | "mask"; readonly parts: readonly Plan[] }
  | { readonly kind: "let"; readonly x: number; readonly parts: readonly Plan[] }
  | { readonly kind: "repeat" | "retry"; readonly count: number; readonly parts: readonly Plan[] }
  | { readonly kind: "if" | "if_nosave"; readonly test: keyof typeof TESTS; readonly yes: Plan; readonly no: Plan }
  | { readonly kind: Loop; readonly count: number; readonly body: Plan }
  | { readonly kind: "try" | "finally"; readonly body: Plan; readonly next: Plan };
export type Loop = "while" | "while_nosave" | "dowhile" | "dowhile_nosave";

/** What goes from step to step. It has an `error` only where a handler or a finalizer begins. */
export type Value = Readonly<Record<string, unknown>>;

declare let x: number;
declare let count: number;

/** Each stands alone: its text is deployed, as an action or inside a conductor. */
export const STEPS = {
  increment: ({ n = 0 }: { n?: number }): Value => ({ n: n + 1 }),
  double: ({ n = 0 }: { n?: number }): Value => ({ n: n * 2 }),
  note: (value: Value): Value => ({ ...value, noted: true }),
  keep: (): undefined => undefined,
  fail: (): Value => ({ error: "failed", more: 1 }),
  failWhenOdd: ({ n = 0, ...rest }: { n?: number }): Value => (n % 2 === 0 ? { n, ...rest } : { error: "odd" }),
  recover: ({ error = "nothing" }: { error?: string }): Value => ({ recoveredFrom: error, n: 1 }),
} as const;
export const TESTS = {
  isSmall: ({ n = 0 }: { n?: number }): Value => ({ value: n < 5 }),
  isNoted: ({ noted = false }: { noted?: boolean }): Value => ({ value: noted }),
  cannotTell: (): Value => ({ error: "cannot tell" }),
} as const;
/** These run inside the conductor only: actions do not see variables. */
export const VARIABLE_USES = {
  add: ({ n = 0 }: { n?: number }): Value => ({ n: n + (typeof x === "undefined" ? 0 : x) }),
  store: ({ n = 0 }: { n?: number }): undefined => {
    if (typeof x !== "undefined") x = n;
  },
} as const;

const DEPTH = 3;

/** Compositions of every combinator that needs no Redis and ends. */
export const anyPlan: fc.Arbitrary<Plan> = fc.letrec<{ plan: Plan }>((tie) => {
  const plan = tie("plan");
  const parts = fc.array(plan, { maxLength: 3, size: "max" });
  const small = fc.integer({ min: 0, max: 2 });
  const leaves = [
    fc.record({ kind: fc.constant("step" as const), name: keyOf(STEPS), as: fc.constantFrom("action", "function") }),
    fc.record({ kind: fc.constant("variable" as const), use: keyOf(VARIABLE_USES) }),
    fc.record({ kind: fc.constant("literal" as const), n: fc.integer({ min: -9, max: 9 }) }),
  ];
  const nodes = [
    fc.record({ kind: fc.constantFrom("sequence", "retain", "retain_catch", "merge", "mask"), parts }),
    fc.record({ kind: fc.constant("let" as const), x: fc.integer({ min: 1, max: 9 }), parts }),
    fc.record({ kind: fc.constantFrom("repeat", "retry"), count: small, parts }),
    fc.record({ kind: fc.constantFrom("if", "if_nosave"), test: keyOf(TESTS), yes: plan, no: plan }),
    fc.record({
      kind: fc.constantFrom("while", "while_nosave", "dowhile", "dowhile_nosave"),
      count: small,
      body: plan,
    }),
    fc.record({ kind: fc.constantFrom("try", "finally"), body: plan, next: plan }),
  ];
  const choices = [
    ...leaves.map((arbitrary) => ({ arbitrary, weight: 1 })),
    ...nodes.map((arbitrary) => ({ arbitrary, weight: 2 })),
  ];
  return { plan: fc.oneof({ maxDepth: DEPTH, depthSize: "max", withCrossShrink: true }, ...choices) };
}).plan;

function keyOf<T extends object>(table: T): fc.Arbitrary<keyof T> {
  return fc.constantFrom(...(Object.keys(table) as (keyof T)[]));
}

/** The plan by the real composer. Actions have the names of their steps. */
export function composed(c: Composer, plan: Plan): Composed {
  const all = (parts: readonly Plan[]): Composed[] => parts.map((part) => composed(c, part));
  switch (plan.kind) {
    case "step":
      return plan.as === "action" ? c.action(plan.name) : c.function(STEPS[plan.name]);
    case "variable":
      return c.function(VARIABLE_USES[plan.use]);
    case "literal":
      return c.literal({ n: plan.n });
    case "let":
      return c.let({ x: plan.x }, ...all(plan.parts));
    case "repeat":
    case "retry":
      return c[plan.kind](plan.count, ...all(plan.parts));
    case "if":
    case "if_nosave":
      return c[plan.kind](TESTS[plan.test], composed(c, plan.yes), composed(c, plan.no));
    case "try":
    case "finally":
      return c[plan.kind](composed(c, plan.body), composed(c, plan.next));
    case "while":
    case "while_nosave":
    case "dowhile":
    case "dowhile_nosave":
      return c.let({ count: plan.count }, loop(c, plan.kind, c.mask(composed(c, plan.body))));
    default:
      return c[plan.kind](...all(plan.parts));
  }
}

function loop(c: Composer, kind: Loop, body: Composed): Composed {
  const test = (value: Value): Value => ({ ...value, value: count-- > 0 });
  return kind.startsWith("while") ? c[kind](test, body) : c[kind](body, test);
}
