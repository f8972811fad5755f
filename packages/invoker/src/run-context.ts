import { type ActivationMessage, isJsonObject, type Json, type JsonObject } from "@meringue/core";
import { MAX_BUILD_LENGTH, type Upload } from "./action-builds.ts";

/** What both calls tell an action about its activation: names as in `/run` bodies, all values strings. */
function context(message: ActivationMessage, deadline: number): Record<string, string> {
  const { action, user } = message;
  const apiKey = wantsApiKey(action.action.annotations) ? { api_key: user.authKey } : {};
  return {
    namespace: user.namespace.name,
    action_name: `/${action.id}`,
    action_version: action.action.version,
    activation_id: message.activationId,
    transaction_id: message.transid,
    deadline: String(deadline),
    ...apiKey,
  };
}

/**
 * The `value` of an `/init` body, as JSON text.
 * @param deadline epoch milliseconds
 */
export function initValue(
  message: ActivationMessage,
  { code, built, wantsBuild }: Pick<Upload, "code" | "built" | "wantsBuild">,
  deadline: number,
): string {
  const { exec, name } = message.action.action;
  return JSON.stringify({
    name,
    main: (exec.type !== "sequence" && exec.main) || "main",
    binary: built || (exec.type !== "sequence" && exec.binary),
    ...(code === undefined ? {} : { code }),
    ...(built ? { built } : {}),
    ...(wantsBuild ? { build_limit: MAX_BUILD_LENGTH } : {}),
    env: initEnvironment(message, deadline),
  });
}

/** Init parameters first, then `__OW_*`, which win. */
function initEnvironment(message: ActivationMessage, deadline: number): Record<string, string> {
  const { args, initArgs } = message;
  const given = isJsonObject(args) ? initArgs.filter((key) => Object.hasOwn(args, key)) : [];
  const parameters = given.map((key) => [key, environmentText((args as JsonObject)[key] ?? null)]);
  const own = Object.entries(context(message, deadline)).map(([key, value]) => [`__OW_${key.toUpperCase()}`, value]);
  return Object.fromEntries([...parameters, ...own]) as Record<string, string>; // own properties, whatever the names are
}

function environmentText(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * A `/run` body, as JSON text.
 * @param stream what is to become of an answer that the action streams
 */
export function runBody(message: ActivationMessage, deadline: number, stream?: StreamWish): string {
  const body = { value: withoutInitArgs(message), ...context(message, deadline) };
  return JSON.stringify(stream === undefined ? body : { ...body, ...stream });
}

/** `send` it bit by bit, or `collect` it, of which more than so many bytes would be refused. */
export type StreamWish = { readonly stream: "send" } | { readonly stream: "collect"; readonly stream_limit: number };

function withoutInitArgs({ args, initArgs }: ActivationMessage): Json {
  if (initArgs.length === 0 || !isJsonObject(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([key]) => !initArgs.includes(key)));
}

/** Whether the annotation `provide-api-key` is truthy or missing. */
function wantsApiKey(annotations: ActivationMessage["action"]["action"]["annotations"]): boolean {
  const value = annotations.find((a) => a.key === "provide-api-key")?.value;
  if (value === undefined) return true;
  if (value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  return typeof value === "string" ? value !== "" : true;
}
