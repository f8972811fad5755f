import {
  decodeNamespaceLimits,
  encodeNamespaceLimits,
  type Identity,
  type InvokerId,
  isEntityName,
  type Json,
  type JsonObject,
  MIB,
  parseSize,
  type TravellingAction,
} from "@meringue/core";
import {
  MalformedMessage,
  numberOf,
  objectAt,
  optionalNumberOf,
  optionalTextOf,
  textOf,
  textsOf,
} from "./read-json.ts";

/** Of a request: who began it, and when. */
export interface Transaction {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly extraLogging: boolean;
}

/** `["id", start]`, with `true` behind it when extra logging is asked for. */
export function encodeTransaction({ id, startedAt, extraLogging }: Transaction): Json {
  return [id, startedAt, ...(extraLogging ? [true] : [])];
}

/** Of a child's transaction the parent, which may stand behind it, is dropped. @throws MalformedMessage */
export function decodeTransaction(json: Json | undefined): Transaction {
  if (!Array.isArray(json)) throw new MalformedMessage("transid is no array");
  const [id, startedAt, ...rest] = json;
  if (typeof id !== "string" || typeof startedAt !== "number") throw new MalformedMessage("transid is no pair");
  return { id, startedAt, extraLogging: rest.includes(true) };
}

/** `{"path","name","version"?,"binding"?}`. */
export function encodeAction({ id, version, binding }: TravellingAction): JsonObject {
  const cut = id.lastIndexOf("/");
  return {
    path: id.slice(0, cut),
    name: id.slice(cut + 1),
    ...(version === undefined ? {} : { version }),
    ...(binding === undefined ? {} : { binding }),
  };
}

/** Takes the object, and `"[/]ns[/pkg]/name"`. @throws MalformedMessage */
export function decodeAction(json: Json | undefined): Omit<TravellingAction, "rev"> {
  if (typeof json === "string") return { id: actionId(json), version: undefined };
  const action = objectAt({ action: json ?? null }, "action");
  const binding = optionalTextOf(action, "binding");
  return {
    id: actionId(`${textOf(action, "path")}/${textOf(action, "name")}`),
    version: optionalTextOf(action, "version"),
    ...(binding === undefined ? {} : { binding }),
  };
}

function actionId(path: string): string {
  const parts = path.split("/");
  if (parts[0] === "") parts.shift();
  if (parts.length < 2 || parts.length > 3 || !parts.every(isEntityName)) {
    throw new MalformedMessage("action is no name of an action");
  }
  return parts.join("/");
}

/** Whatever `user` is, an invoker that it comes to acts with all of a namespace's rights. */
const RIGHTS = ["READ", "PUT", "DELETE", "ACTIVATE"];

export function encodeIdentity({ subject, namespace, authKey, limits }: Identity): JsonObject {
  return {
    subject,
    namespace: { name: namespace.name, uuid: namespace.uuid },
    authkey: { api_key: authKey },
    rights: RIGHTS,
    limits: encodeNamespaceLimits(limits),
  };
}

/** @throws MalformedMessage, or MalformedContent when the limits are none. */
export function decodeIdentity(json: JsonObject): Identity {
  const namespace = objectAt(json, "namespace");
  const name = textOf(namespace, "name");
  if (!isEntityName(name)) throw new MalformedMessage("namespace.name is no name");
  return {
    subject: textOf(json, "subject"),
    namespace: { name, uuid: textOf(namespace, "uuid") },
    authKey: optionalTextOf(objectAt(json, "authkey"), "api_key") ?? "",
    limits: decodeNamespaceLimits(json["limits"] ?? {}),
  };
}

export function encodeController(id: string): JsonObject {
  return { asString: id, instanceType: "controller" };
}

export function encodeInvoker(invoker: InvokerId): JsonObject {
  const { uniqueName, displayedName, busyMemoryMb } = invoker;
  return {
    instance: invoker.instance,
    userMemory: `${Math.round(invoker.userMemoryMb * MIB)} B`,
    instanceType: "invoker",
    tags: [...(invoker.tags ?? [])],
    dedicatedNamespaces: [...(invoker.dedicatedNamespaces ?? [])],
    ...(uniqueName === undefined ? {} : { uniqueName }),
    ...(displayedName === undefined ? {} : { displayedName }),
    ...(busyMemoryMb === undefined ? {} : { busyMemory: `${Math.round(busyMemoryMb * MIB)} B` }),
  };
}

/** @throws MalformedMessage */
export function decodeInvoker(json: JsonObject): InvokerId {
  const uniqueName = optionalTextOf(json, "uniqueName");
  const displayedName = optionalTextOf(json, "displayedName");
  const busyMemoryMb = optionalMegabytes(json, "busyMemory");
  const userMemoryMb = optionalMegabytes(json, "userMemory");
  const instance = numberOf(json, "instance");
  if (userMemoryMb === undefined) throw new MalformedMessage("userMemory is missing");
  if (!Number.isSafeInteger(instance) || instance < 0)
    throw new MalformedMessage("instance is no number of an invoker");
  return {
    instance,
    userMemoryMb,
    tags: textsOf(json, "tags"),
    dedicatedNamespaces: textsOf(json, "dedicatedNamespaces"),
    ...(uniqueName === undefined ? {} : { uniqueName }),
    ...(displayedName === undefined ? {} : { displayedName }),
    ...(busyMemoryMb === undefined ? {} : { busyMemoryMb }),
  };
}

function optionalMegabytes(json: JsonObject, member: string): number | undefined {
  if (typeof json[member] === "number") return (optionalNumberOf(json, member) ?? 0) / MIB;
  const text = optionalTextOf(json, member);
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  if (bytes === undefined) throw new MalformedMessage(`${member} is no size`);
  return bytes / MIB;
}
