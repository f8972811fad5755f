import { createHash } from "node:crypto";
import { type ActivationMessage, isJsonObject, type Json } from "@meringue/core";

/** Another one leaves what was kept so far behind. */
const FORMAT = 1;

/**
 * Under what a build is kept: equal for the same code, entry point and init parameters, in the same namespace, with the same
 * tools. The namespace is the one that calls: its parameters take part in the build of an action that another shares.
 * @param toolchain of the container
 * @param code as `/init` takes it
 */
export function buildKey(message: ActivationMessage, toolchain: string, code: string): string {
  const { exec } = message.action.action;
  const { uuid, name } = message.user.namespace;
  const entry = exec.type === "code" ? [exec.kind, exec.main ?? null, exec.binary] : [];
  const facts = [
    FORMAT,
    uuid,
    name,
    toolchain,
    ...entry,
    digest(code),
    digest(JSON.stringify(initParameters(message))),
  ];
  return digest(JSON.stringify(facts));
}

function initParameters({ args, initArgs }: ActivationMessage): readonly (readonly [string, Json | undefined])[] {
  if (!isJsonObject(args)) return [];
  return initArgs.toSorted().flatMap((key) => (Object.hasOwn(args, key) ? [[key, args[key]] as const] : []));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
