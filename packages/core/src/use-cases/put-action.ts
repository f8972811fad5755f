import { createAction, encodeAction, updateAction } from "../domain/action.ts";
import { checkActionLimits, checkInstances } from "../domain/action-limits.ts";
import { type ActionPut, decodeActionContents, decodeActionRest } from "../domain/action-put.ts";
import { codeToText } from "../domain/base64.ts";
import type { Action } from "../domain/entity.ts";
import { BadRequest, Conflict } from "../domain/errors.ts";
import { checkNotDeprecated } from "../domain/exec.ts";
import type { Identity } from "../domain/identity.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import type { Manifest } from "../domain/manifest.ts";
import { messages } from "../domain/messages.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { Clock } from "../ports/clock.ts";
import type { CodeWrite, EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { type ActionCatalogue, requireAction } from "./action-catalogue.ts";
import { type ActionPath, actionPathText, requireKind } from "./entitlement.ts";
import { codeText } from "./get-action.ts";
import { inspectArchive } from "./inspect-archive.ts";
import { asWritten, type ParameterLocks } from "./parameter-encryption.ts";
import { requireWritable } from "./require-writable.ts";
import { checkSequence, requireComponents } from "./sequence-definition.ts";
import { takeTurns } from "./take-turns.ts";

export interface PutActionDependencies {
  readonly entities: EntityStore;
  readonly catalogue: ActionCatalogue;
  readonly changes: ChangeFeed;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly clock: Clock;
  /** What parameters are stored under; without it they are stored as they come. */
  readonly parameterLocks?: ParameterLocks;
  /** Kinds that every namespace may use; see {@link requireKind}. */
  readonly allowedKinds: readonly string[];
  /** Bytes that a zip archive may claim to unpack to. */
  readonly maxUnpackedBytes: number;
}

/** A PUT. Its parts are read when their turn comes, because the order of the checks decides which complaint wins. */
export interface PutActionRequest {
  readonly identity: Identity;
  readonly path: ActionPath;
  readonly body: () => Promise<Json>;
  readonly overwrite: () => boolean;
}

/** Creates or updates an action. @returns it as the API shows it, with its code. @throws WhiskError of many kinds */
export type PutAction = (request: PutActionRequest) => Promise<JsonObject>;

/** Makes {@link PutAction}. */
export function putAction(deps: PutActionDependencies): PutAction {
  return async (request) => {
    const { identity, path } = request;
    await requireWritable(deps.entities, identity, path);
    const { put, overwrite } = await decode(deps, request);
    checkActionLimits(put.limits ?? {}, identity.limits, deps.limits);
    if (put.exec?.type === "sequence") {
      await requireComponents(deps.catalogue, identity, put.exec.components);
    }
    if (put.exec !== undefined) requireKind(identity, put.exec.kind, deps.allowedKinds);
    const old = await existing(deps.entities, path, overwrite);
    checkInstances(put.limits ?? {}, identity.limits, deps.limits);
    const action = await next(deps, identity, path, put, old);
    const stored = await deps.entities.put(locked(action, deps.parameterLocks), old?.rev, codeWrite(put));
    deps.changes.publish({ kind: "entity", id: stored.id });
    const code = await shownCode(deps.entities, put, stored);
    await takeTurns(code?.length ?? 0);
    return encodeAction(stored.entity, { code, parameters: asWritten(action.parameters, stored.entity.parameters) });
  };
}

async function decode(
  deps: PutActionDependencies,
  { identity, body, overwrite }: PutActionRequest,
): Promise<{ readonly put: ActionPut; readonly overwrite: boolean }> {
  const json = await body();
  const contents = decodeActionContents(json, {
    manifest: deps.manifest,
    own: identity.namespace.name,
    namespaceLimits: identity.limits,
    system: deps.limits,
  });
  await takeTurns(contents.code?.length ?? 0);
  if (contents.exec !== undefined && contents.exec.type !== "sequence" && contents.exec.binary) {
    await inspectArchive(contents.code ?? new Uint8Array(), deps.maxUnpackedBytes);
  }
  const mayOverwrite = overwrite();
  return { put: { ...contents, ...decodeActionRest(json) }, overwrite: mayOverwrite };
}

async function existing(
  entities: EntityStore,
  path: ActionPath,
  overwrite: boolean,
): Promise<StoredEntity<Action> | undefined> {
  const found = await entities.get(actionPathText(path));
  if (found === undefined) return undefined;
  const old = requireAction(found);
  if (!overwrite) throw new Conflict(messages.alreadyExists);
  return old;
}

/** @throws BadRequest when there is no exec, a sequence that cannot be, or a runtime that is no longer supported. */
async function next(
  { catalogue, clock, limits, manifest }: PutActionDependencies,
  identity: Identity,
  path: ActionPath,
  put: ActionPut,
  old: StoredEntity<Action> | undefined,
): Promise<Action> {
  const exec = put.exec ?? old?.entity.exec;
  if (exec === undefined) throw new BadRequest(messages.execUndefined);
  if (put.exec?.type === "sequence") {
    await checkSequence(catalogue, identity, actionPathText(path), put.exec.components, limits.sequenceLength);
  }
  checkNotDeprecated(exec, manifest);
  const now = clock.now();
  if (old !== undefined) return updateAction(old.entity, put, now, limits);
  const { namespace, packageName, name } = path;
  const parent = packageName === undefined ? namespace : `${namespace}/${packageName}`;
  return createAction(put, { namespace: parent, name, now, system: limits });
}

/** The parameter of a sequence is no secret: its components, which clients read. */
function locked(action: Action, locks: ParameterLocks | undefined): Action {
  if (locks === undefined || action.exec.type === "sequence") return action;
  return { ...action, parameters: locks.lock(action.parameters) };
}

function codeWrite({ exec, code }: ActionPut): CodeWrite {
  if (exec === undefined) return "keep";
  return code === undefined ? "none" : { bytes: code };
}

async function shownCode(
  entities: EntityStore,
  { exec, code }: ActionPut,
  stored: StoredEntity<Action>,
): Promise<string | undefined> {
  if (exec === undefined) return codeText(entities, stored);
  return exec.type === "sequence" || code === undefined ? undefined : codeToText(exec.binary, code);
}
