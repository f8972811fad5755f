import { describe, test } from "vitest";
import { caseSuite } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { nodejsArchiveCases } from "./nodejs-archive-cases.ts";
import { nodejsSourceCases } from "./nodejs-source-cases.ts";
import { initValue, type StartTarget, separate, withValue } from "./target.ts";

const ECHO = `function main(args) { console.log("hello stdout"); console.error("hello stderr"); return args; }`;

/** For what every runtime must do. */
export const nodejsSamples: CommonSamples = {
  echo: { code: ECHO },
  otherMain: { code: "exports.niam = (args) => args;", main: "niam" },
  noObject: { code: `function main() { return "not a json object"; }` },
  unicode: {
    code: `function main(args) { const winter = "❄ " + args.delimiter + " ❄"; console.log(winter); return { winter }; }`,
  },
  environment: {
    code: `const { SOME_VAR, ANOTHER_VAR } = process.env; function main() { return { SOME_VAR, ANOTHER_VAR }; }`,
  },
  context: {
    code: `const keys = ["api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"];
      function main() {
        return Object.fromEntries(keys.map((key) => [key, process.env["__OW_" + key.toUpperCase()]]));
      }`,
  },
  withoutCode: "refused",
};

/** What actions of the nodejs kinds rely on. The target must offer the npm package openwhisk, and no sources' types. */
export function nodejsConformance(name: string, start: StartTarget): void {
  commonConformance(name, start, nodejsSamples);
  caseSuite(`${name}, for a single file,`, start, nodejsSourceCases);
  caseSuite(`${name}, for an archive,`, start, nodejsArchiveCases);
  nodejsLifeConformance(name, start);
}

/** How one process lives through several activations. */
export function nodejsLifeConformance(name: string, start: StartTarget): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    test("N20: runs them at the same time when told so", async ({ expect }) => {
      const count = 101;
      const code = `let here = 0; let open; const all = new Promise((resolve) => { open = resolve; });
        async function main(args) { if (++here === ${count}) open(); await all; console.log("ran", args.id); return args; }`;
      const target = await start({ __OW_ALLOW_CONCURRENT: "true" });
      await target.init(initValue({ code }));
      const ids = Array.from({ length: count }, (_, id) => id);
      const replies = await Promise.all(
        ids.map((id) => target.run({ value: { id }, activation_id: id.toString(16).padStart(32, "0") })),
      );
      const { stdout, sentinels } = separate(await target.logs());
      await target.stop();
      expect(replies).toEqual(ids.map((id) => ({ status: 200, body: { id } })));
      expect(stdout.split("\n").length - 1).toBe(count);
      expect(sentinels).toEqual({ stdout: count, stderr: count });
    });

    test("N21: refuses one that overlaps another, and says so in the log", async ({ expect }) => {
      const code = "exports.main = (args) => new Promise((resolve) => setTimeout(resolve, 1_000, args));";
      const target = await start();
      await target.init(initValue({ code }));
      const [first, second] = await Promise.all([
        target.run({ value: { id: 1 }, activation_id: "1".repeat(32) }),
        target.run({ value: { id: 2 }, activation_id: "2".repeat(32) }),
      ]);
      const third = await target.run(withValue({ id: 3 }));
      const { stderr, sentinels } = separate(await target.logs());
      await target.stop();
      const refusal = { status: 403, body: { error: "System not ready, status is running." } };
      expect([first, second, third]).toEqual([
        { status: 200, body: { id: 1 } },
        refusal,
        { status: 200, body: { id: 3 } },
      ]);
      expect(stderr).toBe("Internal system error: System not ready, status is running.\n");
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    });

    test("refuses to run before it was initialised", async ({ expect }) => {
      const target = await start();
      const reply = await target.run(withValue({}));
      await target.stop();
      expect(reply).toEqual({ status: 403, body: { error: "System not initialized." } });
    });

    test("stays stopped after an init that failed", async ({ expect }) => {
      const target = await start();
      const failed = await target.init(initValue({ code: "throw new Error('at load')" }));
      const again = await target.init(initValue({ code: ECHO }));
      const run = await target.run(withValue({}));
      await target.stop();
      expect(failed.status).toBe(502);
      expect(again).toEqual({ status: 403, body: { error: "System not ready, status is stopped." } });
      expect(run).toEqual({ status: 403, body: { error: "System not initialized." } });
    });

    test("stays stopped after an activation that threw", async ({ expect }) => {
      const target = await start();
      await target.init(initValue({ code: `function main() { throw "nooooo"; }` }));
      const replies = [await target.run(withValue({})), await target.run(withValue({}))];
      await target.stop();
      expect(replies).toEqual([
        { status: 502, body: { error: "An error has occurred: nooooo" } },
        { status: 403, body: { error: "System not ready, status is stopped." } },
      ]);
    });

    test("is gone when the action exits, at load or in an activation", async ({ expect }) => {
      const atLoad = await start();
      expect(await atLoad.init(initValue({ code: "process.exit(1)" }))).toEqual({ status: "gone", body: undefined });
      await atLoad.stop();
      const inRun = await start();
      await inRun.init(initValue({ code: "function main() { process.exit(0); }" }));
      expect(await inRun.run(withValue({}))).toEqual({ status: "gone", body: undefined });
      await inRun.stop();
    });

    test("is gone when a rejection that nobody handles was left behind at load", async ({ expect }) => {
      const target = await start();
      await target.init(initValue({ code: "Promise.reject(new Error('left')); function main() { return {}; }" }));
      expect(await target.run(withValue({}))).toEqual({ status: "gone", body: undefined });
      const { stderr } = await target.logs();
      await target.stop();
      expect(stderr).toContain("Error: left");
    });
  });
}
