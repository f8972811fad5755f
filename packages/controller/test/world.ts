import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import {
  type Activation,
  type ActivationMessage,
  type ActivationResponse,
  actionCatalogue,
  authenticator,
  type ChangeFeed,
  DEFAULT_MANIFEST,
  type Dispatcher,
  type EnclosingActivations,
  type Entity,
  type EntityName,
  type EntityStore,
  enclosingActivations,
  type Identity,
  localActivationFeed,
  localChangeFeed,
  namespaceOwners,
  parseManifest,
  type Subject,
  type SubjectStore,
  systemClock,
  UPSTREAM_LIMITS,
} from "@meringue/core";
import {
  aNamespaceKey,
  anActivationId,
  aSubject,
  identityOf,
  memoryActivationJournal,
  testStores,
} from "@meringue/testkit";
import { type App, type AppDependencies, buildApp, type InvokerStatus } from "../src/index.ts";
import { holdAgainstDocument } from "./documented.ts";
import { trackInFlight } from "./track-in-flight.ts";

/** What an action does in a test: its response, or a promise that settles when the test says so. */
export type Behaviour = (message: ActivationMessage) => ActivationResponse | Promise<ActivationResponse>;

/** A dispatcher that needs no invoker. */
export interface FakeDispatcher extends Dispatcher {
  readonly messages: ActivationMessage[];
  behave(behaviour: Behaviour): void;
  /** Every dispatch from now on fails so. */
  refuse(error: Error): void;
}

export function fakeDispatcher(keep: (activation: Activation) => Promise<void>): FakeDispatcher {
  const messages: ActivationMessage[] = [];
  let behave: Behaviour = ({ args }) => ({ statusCode: 0, result: args, size: JSON.stringify(args).length });
  let refusal: Error | undefined;
  return {
    messages,
    behave(behaviour) {
      behave = behaviour;
    },
    refuse(error) {
      refusal = error;
    },
    async dispatch(message) {
      if (refusal !== undefined) throw refusal;
      messages.push(message);
      const run = async (): Promise<Activation> => {
        const activation = recordOf(message, await behave(message));
        await keep({ ...activation, logs: ["2026-01-01T00:00:00.000Z stdout: hello"] });
        return activation;
      };
      return { result: run() };
    },
  };
}

function recordOf(message: ActivationMessage, response: ActivationResponse): Activation {
  const { action } = message.action;
  return {
    namespace: message.user.namespace.name,
    name: action.name,
    version: action.version,
    subject: message.user.subject,
    activationId: message.activationId,
    start: message.received,
    end: message.received + 5,
    duration: 5,
    ...(message.cause === undefined ? {} : { cause: message.cause }),
    response,
    logs: [],
    annotations: [
      { key: "path", value: message.action.id },
      { key: "kind", value: action.exec.kind },
    ],
    publish: false,
  };
}

/** An API on a free loopback port, over stores in memory (or others, see testStores), with the namespaces `guest` and `other`. */
export interface World {
  readonly url: string;
  readonly port: number;
  readonly app: App;
  readonly deps: AppDependencies;
  readonly entities: EntityStore;
  readonly changes: ChangeFeed;
  readonly dispatcher: FakeDispatcher;
  readonly subjects: SubjectStore;
  readonly guest: Identity;
  readonly other: Identity;
  readonly invokers: InvokerStatus[];
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[];
  disabled(): boolean;
  /** Puts entities into the store, as an earlier process might have. */
  store(...stored: readonly Entity[]): Promise<void>;
  close(): Promise<void>;
}

export const MANIFEST = parseManifest({
  runtimes: {
    ...(DEFAULT_MANIFEST["runtimes"] as object),
    aged: [
      { kind: "aged:1", image: { name: "aged" }, deprecated: true, default: false },
      { kind: "aged:2", image: { name: "aged" }, deprecated: false, default: true },
    ],
    strict: [{ kind: "strict:1", image: { name: "strict" }, requireMain: true }],
  },
  blackboxes: [],
});

function subjectOf(name: string): Subject {
  const key = createHash("sha256").update(name).digest("hex");
  return aSubject({ subject: `${name}-subject`, namespaces: [aNamespaceKey({ name: name as EntityName, key })] });
}

export async function startWorld(over: Partial<AppDependencies> = {}): Promise<World> {
  const { entities, activations, subjects, close } = await testStores();
  const changes = localChangeFeed();
  const feed = localActivationFeed();
  const owners = [subjectOf("guest"), subjectOf("other")] as const;
  for (const subject of owners) await subjects.put(subject);
  const dispatcher = fakeDispatcher((activation) => activations.put(activation));
  const invokers: InvokerStatus[] = [{ name: "invoker0/0", status: "up" }];
  const logged: { level: string; fields: object; message: string }[] = [];
  let disabled = false;
  const warn = (message: string, error: unknown): void =>
    void logged.push({ level: "warn", fields: { error }, message });
  const enclosings: EnclosingActivations = enclosingActivations({
    activations: over.activations ?? activations,
    journal: memoryActivationJournal(activations),
    limits: over.limits ?? UPSTREAM_LIMITS,
    ids: { activationId: anActivationId, transactionId: anActivationId },
    clock: over.clock ?? systemClock,
    ...(over.storeLevels === undefined ? {} : { storeLevels: over.storeLevels }),
    feed,
    warn,
  });
  const deps: AppDependencies = {
    entities,
    activations,
    ...trackInFlight(over.dispatcher ?? dispatcher),
    enclosings,
    feed,
    running: { logsOf: () => undefined },
    authenticator: authenticator({ subjects, changes, wellKnownUuids: new Set(), wellKnownAllowed: true }),
    owners: namespaceOwners({ subjects, changes }),
    catalogue: actionCatalogue(entities, changes),
    changes,
    manifest: MANIFEST,
    limits: UPSTREAM_LIMITS,
    ids: { activationId: anActivationId, transactionId: anActivationId },
    clock: systemClock,
    build: { date: "2026-01-01", number: "7" },
    logger: {
      debug: (fields, message) => logged.push({ level: "debug", fields, message }),
      error: (fields, message) => logged.push({ level: "error", fields, message }),
      isLevelEnabled: () => true,
    },
    admin: { username: "controller.user", password: "controller.pass" },
    invokerStatus: () => invokers,
    disable: () => {
      disabled = true;
    },
    ...over,
  };
  holdAgainstDocument(deps);
  const app = buildApp(deps);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    app,
    deps,
    entities,
    changes,
    dispatcher,
    subjects,
    guest: identityOf(owners[0]),
    other: identityOf(owners[1]),
    invokers,
    logged,
    disabled: () => disabled,
    async store(...stored) {
      for (const entity of stored) {
        const code = entity.entityType === "action" && entity.exec.type === "code" ? CODE : "none";
        const { id } = await entities.put(entity, undefined, code);
        changes.publish({ kind: "entity", id });
      }
    },
    async close() {
      await app.close();
      await deps.enclosings.close(0);
      await close();
    },
  };
}

const CODE = { bytes: Buffer.from("function main(args) { return args }") };

/** The `Authorization` header of an identity. */
export function basic({ authKey }: Pick<Identity, "authKey">): string {
  return `Basic ${Buffer.from(authKey).toString("base64")}`;
}
