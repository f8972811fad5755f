import { setTimeout as delay } from "node:timers/promises";
import {
  type Container,
  ContainerGone,
  type ContainerRuntime,
  type ContainerSpec,
  ContainerStartFailed,
} from "@meringue/core";
import { afterAll, beforeAll, describe, test } from "vitest";

/** Something that the action of the contract does when it is run, and what it then returns. */
export type Wish =
  /** Returns `{ value }`. */
  | { readonly do: "echo"; readonly value: string }
  /** Returns `{ value }` of a variable of its environment; null when there is none. */
  | { readonly do: "env"; readonly name: string }
  /** Prints both, each with a line's end, and returns `{}`. */
  | { readonly do: "print"; readonly stdout: string; readonly stderr: string }
  /** Prints so many kibibytes of `x` to stdout, in lines of 1 KiB, and returns `{}`. */
  | { readonly do: "flood"; readonly kib: number }
  /** Starts to count in the background, every 10 ms, on first use. Returns `{ count }`. */
  | { readonly do: "count" }
  /** Takes so much memory and fills it. Returns `{}`, if it lives to. */
  | { readonly do: "allocate"; readonly mb: number }
  /** Ends its process without an answer. */
  | { readonly do: "exit"; readonly code: number }
  /** GETs a path of the API at `__OW_API_HOST`. Returns `{ status }`. */
  | { readonly do: "get"; readonly path: string };

/** Speaks to the action of the contract inside one container, whatever the channel. */
export interface Talk {
  /** @returns what the action returned. @throws when the container ends before it answers. */
  wish(wish: Wish): Promise<Readonly<Record<string, unknown>>>;
}

/** A runtime that is held to the contract, and how to put an action into its containers. */
export interface RuntimeUnderTest {
  readonly runtime: ContainerRuntime;
  /** A kind and an image that it can run, in which {@link talk} can install the action of the contract. */
  readonly runnable: Pick<ContainerSpec, "kind" | "image">;
  /** A kind and an image that it cannot run; undefined when there are none. */
  readonly notRunnable?: Pick<ContainerSpec, "kind" | "image">;
  /** Initialises a fresh container with an action that grants every {@link Wish}. */
  talk(container: Container): Promise<Talk>;
  /** Who called the API so far, as the runtime's `callerAt` told it; undefined when the API cannot be told apart. */
  readonly callers?: () => readonly (string | undefined)[];
  /** True when memory is limited. Default true. */
  readonly limitsMemory?: boolean;
  /** Closes the runtime too. */
  close(): Promise<void>;
}

/** An action for {@link Talk}, for any Node kind: the code of `/init`, whose main is `main`. */
export const NODE_WISHES = `
let count, keep;
async function main(wish) {
  switch (wish.do) {
    case "echo": return { value: wish.value };
    case "env": return { value: process.env[wish.name] ?? null };
    case "print": console.log(wish.stdout); console.error(wish.stderr); return {};
    case "flood": for (let i = 0; i < wish.kib; i++) console.log("x".repeat(1023)); return {};
    case "count": if (count === undefined) { count = 0; setInterval(() => count++, 10); } return { count };
    case "allocate": keep = Array.from({ length: wish.mb }, () => Buffer.alloc(1048576, 1)); return {};
    case "exit": process.exit(wish.code);
    case "get": return { status: (await fetch(process.env.__OW_API_HOST + wish.path)).status };
  }
}
`;

/** The same for any Python kind. */
export const PYTHON_WISHES = `
import os, sys, threading, time, urllib.error, urllib.request
counter = {}
def counting():
    while True:
        counter["n"] += 1
        time.sleep(0.01)
def status_of(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
def main(wish):
    do = wish["do"]
    if do == "echo": return {"value": wish["value"]}
    if do == "env": return {"value": os.environ.get(wish["name"])}
    if do == "print":
        print(wish["stdout"], flush=True)
        print(wish["stderr"], file=sys.stderr, flush=True)
        return {}
    if do == "flood":
        for _ in range(wish["kib"]): print("x" * 1023)
        return {}
    if do == "count":
        if "n" not in counter:
            counter["n"] = 0
            threading.Thread(target=counting, daemon=True).start()
        return {"count": counter["n"]}
    if do == "allocate":
        counter["keep"] = b"x" * (wish["mb"] << 20)
        return {}
    if do == "exit": os._exit(wish["code"])
    if do == "get": return {"status": status_of(os.environ["__OW_API_HOST"] + wish["path"])}
`;

let serial = 0;

/** The contract of {@link ContainerRuntime}: each adapter's test file calls this with its own maker. */
export function containerRuntimeContract(name: string, make: () => Promise<RuntimeUnderTest>): void {
  describe(`${name} as a container runtime`, () => {
    let tested: RuntimeUnderTest;
    beforeAll(async () => {
      tested = await make();
    });
    afterAll(() => tested?.close());

    const specOf = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
      name: `contract_${process.pid}_${serial++}`,
      ...tested.runnable,
      pull: "never",
      memoryMb: 128,
      cpuShares: 128,
      env: {},
      ...more,
    });
    async function withContainer<T>(
      more: Partial<ContainerSpec>,
      use: (container: Container) => Promise<T>,
    ): Promise<T> {
      const container = await tested.runtime.create(specOf(more));
      try {
        return await use(container);
      } finally {
        await container.remove();
      }
    }

    lifeCases(() => tested, withContainer, specOf);
    outputCases(() => tested, withContainer);
    pauseCases(() => tested, withContainer);
    endCases(() => tested, withContainer, specOf);
  });
}

type With = <T>(more: Partial<ContainerSpec>, use: (container: Container) => Promise<T>) => Promise<T>;
type SpecOf = (more?: Partial<ContainerSpec>) => ContainerSpec;

function lifeCases(tested: () => RuntimeUnderTest, withContainer: With, specOf: SpecOf): void {
  test("a container answers, and has the name and the environment of its spec", ({ expect }) =>
    withContainer({ env: { GREETING: "good morning, world" } }, async (container) => {
      const talk = await tested().talk(container);
      expect(container.name).toMatch(/^contract_/);
      expect(await talk.wish({ do: "echo", value: "❄" })).toEqual({ value: "❄" });
      expect(await talk.wish({ do: "env", name: "GREETING" })).toEqual({ value: "good morning, world" });
    }));

  test("containers made at once all answer, each for itself", async ({ expect }) => {
    const values = ["a", "b", "c", "d"];
    const answers = await Promise.all(
      values.map((value) =>
        withContainer({ env: { OWN: value } }, async (container) => {
          const talk = await tested().talk(container);
          return (await talk.wish({ do: "env", name: "OWN" }))["value"];
        }),
      ),
    );
    expect(answers).toEqual(values);
  });

  test("a container reaches the API, which is told who calls where that can be told", ({ expect }) =>
    withContainer({}, async (container) => {
      const talk = await tested().talk(container);
      const answer = await talk.wish({ do: "get", path: "/contract" });
      expect(answer["status"]).toBeTypeOf("number");
      const callers = tested().callers;
      if (callers !== undefined) expect(callers().at(-1)).toBe(container.name);
    }));

  test("what it cannot run, if there is such, is said beforehand and refused", async ({ expect }) => {
    const { runtime, runnable, notRunnable } = tested();
    expect(runtime.whyNot(runnable.kind, runnable.image)).toBeUndefined();
    if (notRunnable === undefined) return;
    expect(runtime.whyNot(notRunnable.kind, notRunnable.image)).toMatch(/[^.]$/);
    await expect(runtime.create(specOf(notRunnable))).rejects.toThrow(ContainerStartFailed);
  });

  test("a start that was called off before it began throws", async ({ expect }) => {
    await expect(tested().runtime.create(specOf(), AbortSignal.abort())).rejects.toThrow();
  });

  test("says in lines what isolates its containers", ({ expect }) => {
    const { level, lines } = tested().runtime.isolation;
    expect(["full", "partial", "none"]).toContain(level);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^\S[^\n]*$/);
  });

  test("finds no leftovers among its own containers", ({ expect }) =>
    withContainer({}, async (container) => {
      const talk = await tested().talk(container);
      expect(await tested().runtime.removeLeftovers()).toBe(0);
      expect(await talk.wish({ do: "echo", value: "still here" })).toEqual({ value: "still here" });
    }));
}

function outputCases(tested: () => RuntimeUnderTest, withContainer: With): void {
  test("output arrives by stream, and what came before there was a listener is handed over", ({ expect }) =>
    withContainer({}, async (container) => {
      const talk = await tested().talk(container);
      await talk.wish({ do: "print", stdout: "to be read", stderr: "to be feared" });
      const heard = listenTo(container);
      await heard.until("stdout", "to be read\n");
      await heard.until("stderr", "to be feared\n");
      expect(heard.text("stdout")).not.toContain("feared");
    }));

  test("more output than any pipe holds arrives whole", ({ expect }) =>
    withContainer({}, async (container) => {
      const heard = listenTo(container);
      const talk = await tested().talk(container);
      await talk.wish({ do: "flood", kib: 2048 });
      await talk.wish({ do: "print", stdout: "the end", stderr: "" });
      await heard.until("stdout", "the end\n");
      expect(heard.text("stdout").split("x").length - 1).toBe(2048 * 1023);
    }));
}

function pauseCases(tested: () => RuntimeUnderTest, withContainer: With): void {
  test("a paused container stands still, and goes on where it was", ({ expect }) =>
    withContainer({}, async (container) => {
      const talk = await tested().talk(container);
      await talk.wish({ do: "count" });
      await container.pause();
      await container.pause();
      const standstillMs = 400; // the only way to see that nothing happens is to wait
      await delay(standstillMs);
      await container.resume();
      await container.resume();
      const count = (await talk.wish({ do: "count" }))["count"];
      expect(count).toBeLessThan(standstillMs / 10 / 2);
    }));

  test("a paused container can be removed, and then not resumed", ({ expect }) =>
    withContainer({}, async (container) => {
      await tested().talk(container);
      await container.pause();
      await container.remove();
      await expect(container.resume()).rejects.toThrow(ContainerGone);
    }));
}

function endCases(tested: () => RuntimeUnderTest, withContainer: With, specOf: SpecOf): void {
  test("one that ends by itself says with which code", ({ expect }) =>
    withContainer({}, async (container) => {
      const talk = await tested().talk(container);
      talk.wish({ do: "exit", code: 3 }).catch(() => undefined); // there can be no answer
      expect(await container.exited).toEqual({ reason: "exited", code: 3 });
    }));

  test("one that takes more memory than it may is ended, and says why", ({ expect, skip }) =>
    withContainer({ memoryMb: 128 }, async (container) => {
      if (tested().limitsMemory === false) return skip("memory is not limited here");
      const talk = await tested().talk(container);
      talk.wish({ do: "allocate", mb: 512 }).catch(() => undefined); // there can be no answer
      expect((await container.exited).reason).toBe("out-of-memory");
    }));

  test("removing ends it, as often as it is asked", async ({ expect }) => {
    const container = await tested().runtime.create(specOf());
    await tested().talk(container);
    await Promise.all([container.remove(), container.remove()]);
    await container.remove();
    expect((await container.exited).reason).toBe("exited");
  });

  test("one can be removed before it has come to anything, and its name be used again", async ({ expect }) => {
    const spec = specOf();
    await (await tested().runtime.create(spec)).remove();
    const again = await tested().runtime.create(spec);
    const talk = await tested().talk(again);
    expect(await talk.wish({ do: "echo", value: "again" })).toEqual({ value: "again" });
    await again.remove();
  });
}

/** Gathers a container's output. */
export function listenTo(container: Container): {
  text(stream: "stdout" | "stderr"): string;
  /** Waits until the stream contains it. */
  until(stream: "stdout" | "stderr", wanted: string): Promise<void>;
} {
  const texts = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  container.onOutput((stream, chunk) => {
    texts[stream] += chunk.toString();
    for (const look of waiting) look();
  });
  return {
    text: (stream) => texts[stream],
    until: (stream, wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!texts[stream].includes(wanted)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
