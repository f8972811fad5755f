import {
  anAction,
  anActivationId,
  anIdentity,
  fakeClock,
  memoryActivationJournal,
  memoryActivationStore,
  memoryEntityStore,
} from "@meringue/testkit";
import type { Activation, ActivationResponse } from "../src/domain/activation.ts";
import type { Action, Entity } from "../src/domain/entity.ts";
import type { Identity } from "../src/domain/identity.ts";
import { isJsonObject, type Json, type JsonObject } from "../src/domain/json.ts";
import { type SystemLimits, UPSTREAM_LIMITS } from "../src/domain/limits.ts";
import { parseManifest } from "../src/domain/manifest.ts";
import type { EntityName } from "../src/domain/names.ts";
import { localActivationFeed } from "../src/ports/activation-feed.ts";
import type { ActivationJournal } from "../src/ports/activation-journal.ts";
import { localChangeFeed } from "../src/ports/change-feed.ts";
import type { ActivationMessage, Dispatcher } from "../src/ports/dispatcher.ts";
import { actionCatalogue } from "../src/use-cases/action-catalogue.ts";
import { enclosingActivations } from "../src/use-cases/enclosing-activations.ts";
import { type Invoked, invokeAction } from "../src/use-cases/invoke-action.ts";
import type { StoreLevels } from "../src/use-cases/kept-records.ts";

/** What an action does: its result, from its arguments. */
export type Behaviour = (args: Json, message: ActivationMessage) => Json | undefined | Promise<Json | undefined>;

export interface ProgramWorldOptions {
  readonly limits?: Partial<SystemLimits>;
  readonly user?: Partial<Identity>;
  readonly storeLevels?: StoreLevels;
  readonly journal?: (journal: ActivationJournal) => ActivationJournal;
}

/** Milliseconds that every action takes, by its record. */
export const TOOK_MS = 7;

const manifest = parseManifest({
  runtimes: {
    nodejs: [{ kind: "nodejs:24", image: { name: "node" } }],
    aged: [
      { kind: "aged:1", image: { name: "aged" }, deprecated: true },
      { kind: "aged:2", image: { name: "aged" }, default: true },
    ],
  },
});

/** A developer error, which no behaviour can return otherwise. */
export class Crash extends Error {}

/** Sequences and compositions over actions that are functions of the test, with a clock that stands still. */
export function programWorld(options: ProgramWorldOptions = {}) {
  const entities = memoryEntityStore();
  const changes = localChangeFeed();
  const activations = memoryActivationStore();
  const notes = memoryActivationJournal(activations);
  const journal = options.journal?.(notes) ?? notes;
  const clock = fakeClock();
  const limits = { ...UPSTREAM_LIMITS, ...options.limits };
  const user = anIdentity(options.user);
  const ids = { activationId: anActivationId, transactionId: anActivationId };
  const warnings: unknown[] = [];
  const { dispatcher, dispatched, prepared, behaviours } = functionDispatcher((record) => activations.put(record));
  const feed = localActivationFeed();
  const enclosings = enclosingActivations({
    activations,
    journal,
    feed,
    limits,
    ids,
    clock,
    ...(options.storeLevels === undefined ? {} : { storeLevels: options.storeLevels }),
    warn: (_text, error) => void warnings.push(error),
  });
  const catalogue = actionCatalogue(entities, changes);
  const deps = { catalogue, dispatcher, enclosings, manifest, limits, ids, clock };
  const invoke = invokeAction(deps);

  const store = async (...stored: Entity[]): Promise<void> => {
    for (const entity of stored)
      changes.publish({ kind: "entity", id: (await entities.put(entity, undefined, "none")).id });
  };
  const define = async (path: string, behaviour: Behaviour, over: Partial<Action> = {}): Promise<void> => {
    const { namespace, name } = placed(path);
    behaviours.set(`${namespace}/${name}`, behaviour);
    await store(anAction({ namespace, name, ...over }));
  };
  return {
    activations,
    changes,
    clock,
    deps,
    dispatched,
    dispatcher,
    enclosings,
    entities,
    feed,
    invoke,
    journal: notes,
    prepared,
    user,
    warnings,
    store,
    /** An action at `[ns/[pkg/]]name`. */
    define,
    /** A conductor at `[ns/[pkg/]]name`. */
    conductor: (path: string, behaviour: Behaviour, over: Partial<Action> = {}) =>
      define(path, behaviour, { annotations: [{ key: "conductor", value: true }], ...over }),
    sequence: async (path: string, components: readonly string[], over: Partial<Action> = {}) =>
      store(
        anAction({
          ...placed(path),
          exec: { type: "sequence", kind: "sequence", components: components.map((each) => `/${idOf(each)}`) },
          ...over,
        }),
      ),
    async remove(path: string): Promise<void> {
      const stored = await entities.get(idOf(path));
      if (stored === undefined) throw new Error(`there is no ${path}`);
      await entities.delete(stored.id, stored.rev);
      changes.publish({ kind: "entity", id: stored.id });
    },
    async call(path: string, payload: JsonObject = {}, blocking = true): Promise<Invoked> {
      const { namespace, name } = placed(path);
      const [ns = "", packageName] = namespace.split("/") as EntityName[];
      return await invoke({
        identity: user,
        path: { namespace: ns as EntityName, name, ...(packageName === undefined ? {} : { packageName }) },
        transid: "t",
        received: clock.now(),
        call: async () => ({ payload, blocking, waitMs: 60_000 }),
      });
    },
    /** The record of a blocking call. */
    async run(path: string, payload: JsonObject = {}): Promise<Activation> {
      const { activation } = await this.call(path, payload);
      if (activation === undefined) throw new Error("the result was not there in time");
      return activation;
    },
    recordOf: async (id: string | undefined) => await activations.get(user.namespace.name, id ?? ""),
    /** Names of the actions that were run, in order. */
    get names(): string[] {
      return dispatched.map(({ action }) => action.action.name);
    },
  };
}

export type ProgramWorld = ReturnType<typeof programWorld>;

function idOf(path: string): string {
  return path.includes("/") ? path : `guest/${path}`;
}

function placed(path: string): { readonly namespace: string; readonly name: EntityName } {
  const parts = idOf(path).split("/");
  const name = parts.pop() as EntityName;
  return { namespace: parts.join("/"), name };
}

function functionDispatcher(keep: (record: Activation) => Promise<void>) {
  const dispatched: ActivationMessage[] = [];
  const prepared: string[] = [];
  const behaviours = new Map<string, Behaviour>();
  const dispatcher: Dispatcher = {
    async dispatch(message) {
      const behaviour = behaviours.get(message.action.id);
      if (behaviour === undefined) throw new Error(`nobody said what ${message.action.id} does`);
      dispatched.push(message);
      const run = async (): Promise<Activation> => {
        const record = recordOf(message, await respond(behaviour, message));
        await keep(record);
        return record;
      };
      return { result: run() };
    },
    prepare: (action, namespace) => void prepared.push(`${namespace}: ${action.id}`),
  };
  return { dispatcher, dispatched, prepared, behaviours };
}

async function respond(behaviour: Behaviour, message: ActivationMessage): Promise<ActivationResponse> {
  try {
    const result = structuredClone(await behaviour(structuredClone(message.args), message));
    if (isJsonObject(result) && Object.hasOwn(result, "error")) {
      return { statusCode: 1, result: { error: result["error"] ?? null }, size: 9 };
    }
    return { statusCode: 0, ...(result === undefined ? {} : { result }), size: JSON.stringify(result ?? null).length };
  } catch (error) {
    if (error instanceof Crash) return { statusCode: 2, result: { error: error.message } };
    throw error;
  }
}

function recordOf(message: ActivationMessage, response: ActivationResponse): Activation {
  const { id, action } = message.action;
  return {
    namespace: message.user.namespace.name,
    name: action.name,
    version: action.version,
    subject: message.user.subject,
    activationId: message.activationId,
    start: message.received,
    end: message.received + TOOK_MS,
    duration: TOOK_MS,
    ...(message.cause === undefined ? {} : { cause: message.cause }),
    response,
    logs: [],
    annotations: [
      { key: "path", value: id },
      { key: "kind", value: action.exec.kind },
      { key: "limits", value: { ...action.limits } },
      ...(message.cause === undefined ? [] : [{ key: "causedBy", value: "sequence" }]),
    ],
    publish: false,
  };
}
