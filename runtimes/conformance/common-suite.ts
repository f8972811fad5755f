import { describe, test } from "vitest";
import { type Case, caseSuite, errorOf, ONE_PAIR } from "./cases.ts";
import { activate, initValue, type StartTarget, separate, type Upload, withValue } from "./target.ts";

/** The same programs in each language, for what every runtime must do. */
export interface CommonSamples {
  /** Returns its argument; prints `hello stdout` and `hello stderr`. */
  readonly echo: Upload;
  /** Returns its argument and prints nothing; its function is not called main. */
  readonly otherMain: Upload;
  /** Returns something that is neither object nor array, in languages that let it. */
  readonly noObject?: Upload;
  /** Returns `{winter: "❄ " + args.delimiter + " ❄"}` and prints the same. */
  readonly unicode: Upload;
  /** Returns `{SOME_VAR, ANOTHER_VAR}` as read from the environment, if possible while it is loaded. */
  readonly environment: Upload;
  /** Returns `{api_host, api_key, namespace, action_name, action_version, activation_id, deadline}` from `__OW_*`. */
  readonly context: Upload;
  /** Whether there is something to run without code (`stub`), or an init without code is refused. */
  readonly withoutCode: "refused" | "stub";
  /** What becomes of an array that is returned, if not the same. */
  readonly arrayResult?: (array: readonly unknown[]) => unknown;
}

const CONTEXT = {
  api_key: "00000000-1111-2222-3333-444444444444:key",
  namespace: "guest",
  action_name: "/guest/package/conformance",
  action_version: "0.0.7",
  activation_id: "0123456789abcdef0123456789abcdef",
  deadline: "1760000060000",
};
const LARGE_CHARACTERS = 1_048_561;
const NO_OBJECT = /^The action did not return a dictionary( or array)?\.$/;

/**
 * What every runtime must do, whatever its language.
 * @param limitMs for one test, where the usual is too short
 */
export function commonConformance(name: string, start: StartTarget, samples: CommonSamples, limitMs?: number): void {
  const limited = limitMs === undefined ? {} : { limitMs };
  const cases = commonCases(samples).map((row) => ({ ...limited, ...row }));
  caseSuite(`${name}, like every runtime,`, start, cases);
  const options = limitMs === undefined ? {} : { timeout: limitMs };
  describe.concurrent(`${name}, like every runtime, in its life`, options, () => {
    test("B2: answers an init without anything", async ({ expect }) => {
      const target = await start();
      const reply = await target.init(undefined);
      await target.stop();
      if (samples.withoutCode === "stub") expect(reply.status).toBe(200);
      else expect(reply).toEqual({ status: 403, body: { error: "Missing main/no code to execute." } });
    });

    test("B4: refuses a second init, and logs that without a sentinel", async ({ expect }) => {
      const target = await start();
      const first = await target.init(initValue(samples.echo));
      const second = await target.init(initValue(samples.echo));
      const { stdout, stderr, sentinels } = separate(await target.logs());
      await target.stop();
      const text = "Cannot initialize the action more than once.";
      expect([first.status, second]).toEqual([200, { status: 403, body: { error: text } }]);
      expect(stdout + stderr).toContain(text);
      expect(sentinels).toEqual({ stdout: 0, stderr: 0 });
    });

    test("accepts an init after one that brought no code", async ({ expect }) => {
      if (samples.withoutCode === "stub") return;
      const target = await start();
      await target.init({});
      const reply = await target.init(initValue(samples.echo));
      await target.stop();
      expect(reply.status).toBe(200);
    });

    test("stays silent when it is started and stopped without an action", async ({ expect }) => {
      const target = await start();
      const printed = await target.logs();
      await target.stop();
      expect(printed).toEqual({ stdout: "", stderr: "" });
    });

    test("writes one sentinel on each stream for each activation, and none for an init", async ({ expect }) => {
      const twice = await activate(start, samples.otherMain, [{}, {}]);
      expect(twice.sentinels).toEqual({ stdout: 2, stderr: 2 });
      expect((await activate(start, samples.otherMain)).sentinels).toEqual({ stdout: 0, stderr: 0 });
    });
  });
}

function refusedResult(upload: Upload): Case {
  return {
    id: "B3",
    title: "refuses a result that is no object",
    upload,
    check: ({ init, runs, sentinels }, expect) => {
      expect([init.status, runs[0]?.status]).toEqual([200, 502]);
      expect(errorOf(runs[0])).toMatch(NO_OBJECT);
      expect(sentinels).toEqual(ONE_PAIR);
    },
  };
}

function commonCases(samples: CommonSamples): Case[] {
  const echoed = [{ string: "hello" }, { string: "❄ ☃ ❄" }, { numbers: [42, 1] }, { object: { a: "A" } }];
  return [
    {
      id: "B1",
      title: "answers an init with empty main and code",
      upload: { code: "", main: "" },
      bodies: [],
      check: ({ init }, expect) => expect(init.status === 200).toBe(samples.withoutCode === "stub"),
    },
    ...(samples.noObject === undefined ? [] : [refusedResult(samples.noObject)]),
    {
      id: "B5",
      title: "calls the function that main names",
      upload: samples.otherMain,
      bodies: [withValue({ name: "it" })],
      check: ({ runs, stderr }, expect) => {
        expect(runs[0]).toEqual({ status: 200, body: { name: "it" } });
        expect(stderr).toBe("");
      },
    },
    {
      id: "B6",
      title: "hands arguments over, and keeps the streams apart",
      upload: samples.echo,
      bodies: echoed.map(withValue),
      check: ({ runs, stdout, stderr, sentinels }, expect) => {
        expect(runs).toEqual(echoed.map((body) => ({ status: 200, body })));
        expect(stdout).toBe("hello stdout\n".repeat(4));
        expect(stderr).toBe("hello stderr\n".repeat(4));
        expect(sentinels).toEqual({ stdout: 4, stderr: 4 });
      },
    },
    {
      id: "B7",
      title: "keeps unicode in source, argument, result and log",
      upload: samples.unicode,
      bodies: [withValue({ delimiter: "☃" })],
      check: ({ runs, stdout }, expect) => {
        expect(runs[0]).toEqual({ status: 200, body: { winter: "❄ ☃ ❄" } });
        expect(stdout).toContain("❄ ☃ ❄");
      },
    },
    {
      id: "B8",
      title: "sets the environment of init",
      upload: { ...samples.environment, env: { SOME_VAR: "xyz", ANOTHER_VAR: "" } },
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { SOME_VAR: "xyz", ANOTHER_VAR: "" } }),
    },
    {
      id: "B9",
      title: "sets the context of each activation",
      upload: samples.context,
      env: { __OW_API_HOST: "http://api.test?a=b" },
      bodies: [
        { value: {}, ...CONTEXT },
        { value: {}, ...CONTEXT, activation_id: "fedcba9876543210fedcba9876543210" },
      ],
      check: ({ runs }, expect) => {
        const context = { api_host: "http://api.test?a=b", ...CONTEXT };
        expect(runs.map(({ body }) => body)).toEqual([
          context,
          { ...context, activation_id: "fedcba9876543210fedcba9876543210" },
        ]);
      },
    },
    {
      id: "B10",
      title: "echoes a mebibyte",
      upload: samples.otherMain,
      bodies: [withValue({ large: "a".repeat(LARGE_CHARACTERS) })],
      check: ({ runs }, expect) => {
        // Compared at once: a difference of a mebibyte is no help to anybody.
        expect(runs[0]?.status).toBe(200);
        expect(JSON.stringify(runs[0]?.body) === JSON.stringify({ large: "a".repeat(LARGE_CHARACTERS) })).toBe(true);
      },
    },
    {
      title: "takes no value for an empty one",
      upload: samples.otherMain,
      bodies: [{}],
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: {} }),
    },
    {
      title: "takes and returns arrays",
      upload: samples.otherMain,
      bodies: [withValue(["a", { b: 1 }])],
      check: ({ runs }, expect) => {
        const array = ["a", { b: 1 }];
        expect(runs[0]).toEqual({ status: 200, body: samples.arrayResult?.(array) ?? array });
      },
    },
  ];
}
