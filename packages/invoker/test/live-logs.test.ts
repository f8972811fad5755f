import { type Activation, type ActivationEvent, type ActivationMessage, localActivationFeed } from "@meringue/core";
import {
  aSubject,
  type FakeContainerRuntime,
  type FakeReply,
  identityOf,
  memoryActivationStore,
} from "@meringue/testkit";
import { describe, test } from "vitest";
import { HASTY, invokerWorld, logOf, messageFor, type WorldOptions } from "./invoker-world.ts";
import { turn } from "./pool-world.ts";

/** An invoker whose runs end when the test says so, and what those who follow `guest` hear. */
function aWorld(over: WorldOptions = {}) {
  const feed = localActivationFeed();
  const heard: ActivationEvent[] = [];
  feed.subscribe("guest", (event) => void heard.push(event));
  const ends = new Map<string, (reply: FakeReply) => void>();
  const world = invokerWorld({
    feed,
    script: (call) =>
      call.kind === "init" ? {} : new Promise<FakeReply>((resolve) => void ends.set(call.id, resolve)),
    ...over,
  });
  const begun = async ({ activationId }: ActivationMessage): Promise<void> => {
    while (!ends.has(activationId)) await turn();
  };
  return {
    ...world,
    heard,
    /** Lines that were told, without their stamps. */
    lines: () => heard.flatMap((event) => (event.kind === "log" ? [event.line.slice(31)] : [])),
    begun,
    /** Starts an activation, and waits until it runs. */
    async begin(message = messageFor({})) {
      const { result } = await world.invoker.dispatch(message);
      await begun(message);
      return { message, result };
    },
    end: ({ activationId }: ActivationMessage, reply: FakeReply = {}) => ends.get(activationId)?.(reply),
    soFar: ({ activationId }: ActivationMessage, namespace = "guest") =>
      world.invoker.logsOf(namespace, activationId)?.map((line) => line.slice(31)),
  };
}

function print({ containers }: FakeContainerRuntime, text: string, stream: "stdout" | "stderr" = "stdout"): void {
  for (const container of containers) container.print(stream, text);
}

const SHARED = { ...HASTY, timeout: 60_000, concurrency: 5 };

describe.each(["sentinels", "answer"] as const)("an activation that runs, where %s end a log", (logsEnd) => {
  test("shows what it has printed so far, to its own namespace", async ({ expect }) => {
    const { begin, end, soFar, runtime, stored } = aWorld({ logsEnd });
    const { message, result } = await begin();
    expect(soFar(message)).toEqual([]);
    print(runtime, "one\ntwo");
    print(runtime, "three\n", "stderr");
    expect(soFar(message)).toEqual(["stdout: one", "stderr: three"]);
    expect(soFar(message, "other")).toBeUndefined();

    end(message);
    expect(logOf(await result)).toHaveLength(3);
    expect([soFar(message), (await stored(message))?.logs.length]).toEqual([undefined, 3]);
  });

  test("is heard line by line, and then that it has ended, when its record can be read", async ({ expect }) => {
    const { begin, end, runtime, heard, lines, stored } = aWorld({ logsEnd });
    const { message, result } = await begin();
    print(runtime, "one\n");
    expect(heard).toMatchObject([{ kind: "log", activationId: message.activationId, name: "hello", path: "hello" }]);
    end(message, { stdout: "two\nlast" });
    const record = await result;

    expect(lines()).toEqual(["stdout: one", "stdout: two", "stdout: last"]);
    expect(heard.flatMap((event) => (event.kind === "log" ? [event.line] : []))).toEqual(record.logs);
    expect(heard.at(-1)).toEqual({ kind: "ended", activation: await stored(message) });
    expect(heard).toHaveLength(4);
  });
});

describe("an activation that runs", () => {
  test("is heard of by its own namespace only, whosever action it is", async ({ expect }) => {
    const { begin, end, runtime, heard } = aWorld();
    const { message, result } = await begin(messageFor({}, { user: identityOf(aSubject({ subject: "other" })) }));
    print(runtime, "secret\n");
    end(message);
    await result;

    expect([message.action.id, heard]).toEqual(["guest/hello", []]);
  });

  test("has the name that listings find it by", async ({ expect }) => {
    const { begin, end, runtime, heard } = aWorld();
    const { action } = messageFor({});
    const at = async (over: Partial<ActivationMessage["action"]>): Promise<void> => {
      const { message, result } = await begin(messageFor({}, { action: { ...action, ...over } }));
      print(runtime, "x\n");
      end(message);
      await result;
    };
    await at({ id: "guest/pkg/hello" });
    await at({ id: "other/shop/hello", binding: "guest/bound" });

    const names = heard.flatMap((event) => (event.kind === "log" ? [event.path] : []));
    expect(new Set(names)).toEqual(new Set(["pkg/hello", "bound/hello"]));
  });

  test("beside others in one container is heard when its record is made, and shows nothing before", async ({
    expect,
  }) => {
    const { begin, end, runtime, heard, soFar } = aWorld();
    const first = await begin(messageFor({ limits: SHARED }));
    const second = await begin(messageFor({ limits: SHARED }));
    print(runtime, "whose?\n");
    expect([runtime.containers.length, heard, soFar(first.message), soFar(second.message)]).toEqual([1, [], [], []]);

    end(first.message);
    const record = await first.result;
    expect(heard).toMatchObject([
      { kind: "log", activationId: record.activationId, line: record.logs[0] },
      { kind: "ended" },
    ]);
    end(second.message);
    await second.result;
  });

  test("is heard with what the platform adds to its log, whether it ran or not", async ({ expect }) => {
    const { begin, end, ran, runtime, lines } = aWorld();
    const { message, result } = await begin();
    print(runtime, "mine\n");
    end(message, { status: 502, body: { error: "no" } });
    const crashed = logOf(await result);
    expect(crashed).toHaveLength(2);
    expect(lines()).toEqual(crashed.map((line) => line.replace(/^\S{30} /, "")));

    const before = lines().length;
    const unplaced = await ran(messageFor({ limits: { ...HASTY, memory: 4_096 } }));
    expect(lines().slice(before)).toEqual(logOf(unplaced));
  });

  test("shows all that it printed while its record is on its way to the store", async ({ expect }) => {
    const store = memoryActivationStore();
    const stored = Promise.withResolvers<void>();
    const activations = {
      ...store,
      async put(record: Activation) {
        await stored.promise;
        await store.put(record);
      },
    };
    const { begin, end, soFar, heard, invoker } = aWorld({ activations });
    const { message, result } = await begin();
    end(message, { stdout: "all\n" });
    while (heard.length === 0) await turn();
    await turn();
    expect([soFar(message), heard.length]).toEqual([["stdout: all"], 1]);
    stored.resolve();
    await result;

    expect([invoker.logsOf("guest", message.activationId), heard.length]).toEqual([undefined, 2]);
  });

  test("that waits for a container has printed nothing", async ({ expect }) => {
    const { begin, begun, end, invoker, soFar } = aWorld({ memoryMb: 256 });
    const { message, result } = await begin();
    const waiting = messageFor({});
    const next = await invoker.dispatch(waiting);
    expect(soFar(waiting)).toEqual([]);

    end(message);
    await result;
    await begun(waiting);
    end(waiting);
    await next.result;
    expect(soFar(waiting)).toBeUndefined();
  });
});
