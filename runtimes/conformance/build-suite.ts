import { describe, type ExpectStatic, test } from "vitest";
import { initValue, type Reply, type StartTarget, type Upload, withValue } from "./target.ts";

/** As long as the platform lets builds be, in characters. */
const BUILD_LIMIT = 32 * 1024 * 1024;

/** Source whose function returns its argument, with and without anything beside it. */
export interface BuildSamples {
  readonly sources: Readonly<Record<string, Upload | Promise<Upload>>>;
  /** Something that is run as it is. */
  readonly precompiled: Upload | Promise<Upload>;
  /** How long a build may take here, in milliseconds. */
  readonly limitMs: number;
}

function buildOf({ body }: Reply): string | undefined {
  return (body as { build?: string }).build;
}

/** What runtimes do that build source: they hand out what they built, and take it back (docs/build-cache.md). */
export function buildConformance(name: string, start: StartTarget, samples: BuildSamples): void {
  const asked = async (value: object): Promise<{ init: Reply; run: Reply }> => {
    const target = await start();
    const init = await target.init(value);
    const run = await target.run(withValue({ it: "works" }));
    await target.stop();
    return { init, run };
  };
  const works = ({ init, run }: { init: Reply; run: Reply }, expect: ExpectStatic): void => {
    expect(init).toMatchObject({ status: 200, body: { ok: true } });
    expect(run).toEqual({ status: 200, body: { it: "works" } });
  };
  const timeout = 2 * samples.limitMs;

  describe.concurrent(`${name}, whose builds are kept,`, () => {
    test.for(Object.entries(samples.sources))(
      "hands out what it built of %s, and takes it in its place",
      {
        timeout,
      },
      async ([, source], { expect }) => {
        const upload = initValue(await source);
        const first = await asked({ ...upload, build_limit: BUILD_LIMIT });
        works(first, expect);
        const code = buildOf(first.init) ?? "nothing was handed out";
        works(await asked({ ...upload, code, binary: true, built: true }), expect);
      },
    );

    test("hands out nothing unless asked, and nothing longer than asked for", { timeout }, async ({ expect }) => {
      const [source] = Object.values(samples.sources);
      if (source === undefined) throw new Error("there is no source to build");
      const upload = initValue(await source);
      const unasked = await asked(upload);
      const tooLong = await asked({ ...upload, build_limit: 100 });
      works(unasked, expect);
      works(tooLong, expect);
      expect([unasked.init.body, tooLong.init.body]).toEqual([{ ok: true }, { ok: true }]);
    });

    test("hands out nothing of what it did not build", async ({ expect }) => {
      const { init } = await asked({ ...initValue(await samples.precompiled), build_limit: BUILD_LIMIT });
      expect([init.status, buildOf(init)]).toEqual([200, undefined]);
    });
  });
}
