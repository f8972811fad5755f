import type { Action, ActivationResponse, EntityName, Json, KeyValue } from "@meringue/core";
import { anAction } from "@meringue/testkit";
import type { Case } from "./cases.ts";
import type { Behaviour } from "./world.ts";

export const NOT_FOUND = "The requested resource does not exist.";
export const NOT_ALLOWED = "Request defines parameters that are not allowed (e.g., reserved properties).";
export const HELLO = "/web/guest/default/hello";

export const named = (name: string) => name as EntityName;

/** Annotations by name. */
export function annotations(values: Readonly<Record<string, Json>>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** The action `hello`, exported. @param more further annotations, which win. */
export function webAction(more: Readonly<Record<string, Json>> = {}, over: Partial<Action> = {}): Action {
  return anAction({ annotations: annotations({ "web-export": true, ...more }), ...over });
}

/** A call of the web action `hello` by a stranger; the action answers with its arguments unless it is told otherwise. */
export function web(row: Partial<Case> & Pick<Case, "name">): Case {
  return { as: "nobody", path: `${HELLO}.json`, given: [webAction()], status: 200, ...row };
}

/** Makes the action end so. */
export const behave = (behaviour: Behaviour): Pick<Case, "before"> => ({
  before: ({ dispatcher }) => dispatcher.behave(behaviour),
});

/** Makes the action return `result`. */
export const returns = (result: Json): Pick<Case, "before"> => behave(() => ({ statusCode: 0, result }));

/** Makes the action fail. */
export const fails = (statusCode: ActivationResponse["statusCode"], error: Json): Pick<Case, "before"> =>
  behave(() => ({ statusCode, result: { error } }));

/** How often the action was run. */
export const ran =
  (times: number): NonNullable<Case["after"]> =>
  (_answer, { dispatcher }, expect) =>
    expect(dispatcher.messages).toHaveLength(times);

/** What one run was given. */
export const args =
  (expected: object): NonNullable<Case["after"]> =>
  (_answer, { dispatcher }, expect) =>
    expect(dispatcher.messages[0]?.args).toMatchObject(expected);
