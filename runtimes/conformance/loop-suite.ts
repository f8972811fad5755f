import { describe, test } from "vitest";
import { tarGz, zip } from "./archives.ts";
import { type Case, caseSuite, errorOf, NO_PAIR, ONE_PAIR } from "./cases.ts";
import { NO_DICTIONARY, NOT_BUILT, NOT_STARTED, refusesToRunUninitialised } from "./proxy-expectations.ts";
import { initValue, type StartTarget, type Upload, withValue } from "./target.ts";

/** What differs between the languages whose executables speak the action loop. */
export interface LoopSamples {
  /** Of images' names: `golang`. */
  readonly image: string;
  /** Whether why an init failed is told in the log alone. */
  readonly logsInitErrors: boolean;
  /** Source that does not compile, and a word of what the compiler says. */
  readonly broken: Upload;
  readonly complaint: string;
  /** Ends its process when it is run. */
  readonly exits: Upload;
  /** Source that answers `{left: …}`: the variable LEFT, null if it has none. */
  readonly left: Upload;
  /** How long a build may take, in milliseconds. */
  readonly limitMs: number;
}

/** In the action loop's own protocol, in no need of a compiler. Answers `{it: "works"}`. */
export const LOOP_SCRIPT = `#!/bin/bash
echo started >&2
[ -z "$__OW_WAIT_FOR_ACK" ] || echo '{"ok":true}' >&3
while read -r line; do
  echo "got $line"
  echo '{"it":"works"}' >&3
done
`;
const REPLIES = {
  works: { status: 200, body: { it: "works" } },
  exited: { status: 400, body: { error: "command exited" } },
};

/** What every language does whose executables speak the action loop. */
export function loopConformance(name: string, start: StartTarget, samples: LoopSamples): void {
  precompiledConformance(name, start, samples.image);
  caseSuite(`${name}, failing,`, start, failureCases(samples));
  lifeConformance(name, start, samples);
}

/**
 * The part of it that no compiler is needed for.
 * @param image of images' names: `golang`
 */
export function precompiledConformance(name: string, start: StartTarget, image: string): void {
  caseSuite(`${name}, precompiled,`, start, [...precompiledCases(image), ...scriptCases()]);
}

function works(title: string, id: string, upload: Upload | Promise<Upload>): Case {
  return {
    id,
    title,
    upload,
    check: ({ init, runs, stdout, stderr, sentinels }, expect) => {
      expect(init).toEqual({ status: 200, body: { ok: true } });
      expect(runs[0]).toEqual(REPLIES.works);
      expect([stdout, stderr]).toEqual(["got {}\n", "started\n"]);
      expect(sentinels).toEqual(ONE_PAIR);
    },
  };
}

function archive(code: Promise<string> | string): Promise<Upload> {
  return Promise.resolve(code).then((text) => ({ code: text, binary: true }));
}

function precompiledCases(image: string): Case[] {
  const precompiled = (env: string): Promise<Upload> => archive(zip({ exec: LOOP_SCRIPT, "exec.env": env }));
  return [
    works("runs a script that speaks the loop", "A2", { code: LOOP_SCRIPT }),
    works("runs one that came as base64", "A2", { code: Buffer.from(LOOP_SCRIPT).toString("base64"), binary: true }),
    works("runs the executable of a zip", "A2", archive(zip({ exec: LOOP_SCRIPT, "data.txt": "x" }))),
    works("runs the executable of a gzipped tar", "A9", archive(tarGz({ exec: LOOP_SCRIPT }))),
    works("runs what upstream's image compiled", "A6", precompiled(`openwhisk/action-${image}-v1.0\n`)),
    {
      id: "A6",
      title: "refuses what was compiled for another language",
      upload: precompiled("openwhisk/action-cobol-v1.0"),
      bodies: [],
      check: ({ init, stdout, stderr }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init) + stderr).toContain("Execution environment version mismatch. See logs for details.");
        expect(stdout).toContain("Actual value: openwhisk/action-cobol-v1.0");
      },
    },
  ];
}

function scriptCases(): Case[] {
  const answering = (lines: string): Upload => ({ code: `#!/bin/bash\nwhile read -r line; do\n${lines}\ndone\n` });
  return [
    {
      title: "takes no second line for the answer to the next run",
      // bash itself writes line by line; what comes after the answer was passed on belongs to whatever runs then
      upload: answering(`n=$((n + 1)); env printf '{"n":%s}\\n{"n":"late"}\\n' $n >&3`),
      bodies: [{}, {}, {}],
      check: ({ runs }, expect) => expect(runs.map(({ body }) => body)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]),
    },
    {
      title: "refuses answers that are no result",
      upload: answering(`n=$((n + 1)); [ $n = 1 ] && echo 'no JSON' >&3 || echo '17' >&3`),
      bodies: [{}, {}],
      check: ({ runs }, expect) =>
        expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: NO_DICTIONARY } }))),
    },
    {
      id: "A8",
      title: "gives init parameters of every type, and nothing of our own",
      upload: {
        code: `#!/bin/bash
while read -r line; do
  own=$(env | grep -c MERINGUE)
  printf '{"list":%s,"map":%s,"number":%s,"own":%s}\\n' "$LIST" "$MAP" "$NUMBER" "$own" >&3
done
`,
        env: { LIST: [1, 2, 3], MAP: { a: 1, b: 2 }, NUMBER: 123 },
      },
      check: ({ runs }, expect) =>
        expect(runs[0]?.body).toEqual({ list: [1, 2, 3], map: { a: 1, b: 2 }, number: 123, own: 0 }),
    },
  ];
}

function failureCases({ broken, complaint, exits, logsInitErrors, limitMs }: LoopSamples): Case[] {
  const told = logsInitErrors ? ONE_PAIR : NO_PAIR;
  return [
    {
      id: "A4",
      title: "says what the compiler said",
      upload: broken,
      bodies: [{}],
      limitMs,
      check: ({ init, runs, stderr, sentinels }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init)).toContain(logsInitErrors ? NOT_BUILT : complaint);
        if (logsInitErrors) expect(stderr).toContain(complaint);
        expect(runs[0]).toEqual({ status: 500, body: { error: "no action defined yet" } });
        expect(sentinels).toEqual(told);
      },
    },
    {
      title: "refuses code that is not base64 though it should be, and archives that are broken",
      upload: { code: "%%%", binary: true },
      bodies: [],
      check: ({ init }, expect) => {
        expect(init.status).toBe(400);
        expect(errorOf(init)).toMatch(/^cannot decode the request: /);
      },
    },
    {
      title: "says that an archive is broken",
      upload: { code: Buffer.from("PK\x03\x04 and so on").toString("base64"), binary: true },
      bodies: [],
      check: ({ init, stderr }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init) + stderr).toContain("There was an error uncompressing the action Zip archive.");
      },
    },
    {
      id: "A3",
      title: "says that an executable ended at once, and keeps what it printed",
      upload: { code: "#!/bin/bash\necho some last words" },
      bodies: [{}],
      check: ({ init, runs, stdout, stderr, sentinels }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init)).toContain(logsInitErrors ? NOT_STARTED : "cannot start action: ");
        if (logsInitErrors) expect(stderr).toContain("Command exited abruptly during initialization.");
        expect(stdout).toBe("some last words\n");
        expect(runs[0]?.status).toBe(500);
        expect(sentinels).toEqual(told);
      },
    },
    {
      id: "P10",
      title: "answers for an action that ended its process, and is empty then",
      upload: exits,
      bodies: [{}, {}],
      limitMs,
      check: ({ init, runs }, expect) => {
        expect(init.status).toBe(200);
        expect(runs).toEqual([REPLIES.exited, { status: 500, body: { error: "no action defined yet" } }]);
      },
    },
  ];
}

function lifeConformance(name: string, start: StartTarget, { left, broken, limitMs }: LoopSamples): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    refusesToRunUninitialised(start);

    test("may be initialised after an init that failed, and remembers nothing of that", {
      timeout: 2 * limitMs,
    }, async ({ expect }) => {
      const target = await start();
      const failed = await target.init(initValue({ ...broken, env: { LEFT: "x" } }));
      const again = await target.init(initValue(left));
      const run = await target.run(withValue({}));
      await target.stop();
      expect([failed.status, again.status]).toEqual([502, 200]);
      expect(run.body).toEqual({ left: null });
    });
  });
}
