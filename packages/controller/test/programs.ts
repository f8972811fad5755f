import type { Action, ActivationMessage, ActivationResponse, EntityName, Json, JsonObject } from "@meringue/core";
import { anAction } from "@meringue/testkit";
import { type Answer, call } from "./call.ts";
import { type Case, cases } from "./cases.ts";
import { type Behaviour, basic, type World } from "./world.ts";

/** What the actions of a test do, by name. What is not in there returns its arguments. */
export type Functions = Readonly<Record<string, (args: JsonObject, message: ActivationMessage) => Json | Answered>>;

/** A response that no result alone makes: a status of its own, or nothing. */
export class Answered {
  readonly response: ActivationResponse;
  constructor(response: ActivationResponse) {
    this.response = response;
  }
}

export const named = (name: string) => name as EntityName;

/** An action at `ns[/pkg]/name`, or at a name in the namespace guest. */
export function action(path: string, over: Partial<Action> = {}): Action {
  const parts = (path.includes("/") ? path : `guest/${path}`).split("/");
  const name = named(parts.pop() ?? "");
  return anAction({ namespace: parts.join("/"), name, ...over });
}

export function sequence(path: string, components: readonly string[], over: Partial<Action> = {}): Action {
  return action(path, { exec: { type: "sequence", kind: "sequence", components }, ...over });
}

export function conductor(path: string, over: Partial<Action> = {}): Action {
  return action(path, { annotations: [{ key: "conductor", value: true }], ...over });
}

/** Makes the actions of a world do what the functions say. */
export function doing(functions: Functions): Pick<Case, "before"> {
  return { before: ({ dispatcher }) => dispatcher.behave(behaviour(functions)) };
}

function behaviour(functions: Functions): Behaviour {
  return (message) => {
    const run = functions[message.action.action.name];
    const result = run === undefined ? message.args : run(message.args as JsonObject, message);
    if (result instanceof Answered) return result.response;
    const failed = typeof result === "object" && result !== null && "error" in result;
    return { statusCode: failed ? 1 : 0, result, size: JSON.stringify(result).length };
  };
}

/** An answer that has the id of its activation in a header. */
export const labelled: NonNullable<Case["after"]> = ({ headers, json }, _world, expect) => {
  const id = headers["x-openwhisk-activation-id"];
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  if (json["activationId"] !== undefined) expect(json["activationId"]).toBe(id);
};

/** Asks for something under `/api/v1/namespaces/_` as guest. */
export function ask(world: World, path: string): Promise<Answer> {
  return call(world.url, `/api/v1/namespaces/_/${path}`, { headers: { Authorization: basic(world.guest) } });
}

/** The record of an activation, as soon as there is one: clients poll. */
export async function recordOf(world: World, id: unknown): Promise<Answer["json"]> {
  for (;;) {
    const { status, json } = await ask(world, `activations/${String(id)}`);
    if (status === 200) return json;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The value of an annotation of a record as the API shows it. */
export function annotation(record: Readonly<Record<string, unknown>>, key: string): unknown {
  const annotations = record["annotations"] as { key: string; value: unknown }[];
  return annotations.find((each) => each.key === key)?.value;
}

/** A table of blocking calls of `guest/run`; a row may change anything. */
export function runs(title: string, rows: readonly (Partial<Case> & Pick<Case, "name">)[]): void {
  const path = "/namespaces/_/actions/run?blocking=true";
  cases(
    title,
    rows.map((row) => ({ method: "POST", path, status: 200, ...row })),
  );
}
