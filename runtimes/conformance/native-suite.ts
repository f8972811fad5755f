import { describe, test } from "vitest";
import { tarGz, zip } from "./archives.ts";
import { type Case, caseSuite, ONE_PAIR } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { initValue, type StartTarget, separate, type Upload, withValue } from "./target.ts";

const NO_DICTIONARY = { error: "The action did not return a dictionary or array." };
const NOT_BUILT = { error: "The action failed to generate or locate a binary. See logs for details." };
const STUB = { error: "This is a stub action. Replace it with custom logic." };

const samples: CommonSamples = {
  echo: { code: "#!/bin/bash\necho hello stdout\necho hello stderr >&2\ncat" },
  otherMain: { code: "#!/bin/sh\ncat", main: "niam" },
  noObject: { code: `#!/bin/sh\necho '"not a json object"'` },
  unicode: {
    code: `#!/usr/bin/perl
use utf8; use JSON::PP; binmode STDOUT, ":utf8";
my $args = decode_json($ARGV[0]);
my $winter = "❄ " . $args->{delimiter} . " ❄";
print "$winter\\n", "{\\"winter\\": \\"$winter\\"}\\n";`,
  },
  environment: { code: `#!/bin/sh\necho "{\\"SOME_VAR\\": \\"$SOME_VAR\\", \\"ANOTHER_VAR\\": \\"$ANOTHER_VAR\\"}"` },
  context: {
    code: `#!/bin/bash
echo "{\\"api_host\\": \\"$__OW_API_HOST\\", \\"api_key\\": \\"$__OW_API_KEY\\", \\"namespace\\": \\"$__OW_NAMESPACE\\",
 \\"action_name\\": \\"$__OW_ACTION_NAME\\", \\"action_version\\": \\"$__OW_ACTION_VERSION\\",
 \\"activation_id\\": \\"$__OW_ACTIVATION_ID\\", \\"deadline\\": \\"$__OW_DEADLINE\\"}" | tr -d '\\n'`,
  },
  withoutCode: "stub",
};

async function binary(code: string | Promise<string>): Promise<Upload> {
  return { code: await code, binary: true };
}

const HELLO = `#!/bin/sh\necho "This is an example zip used with the native runtime"\necho '{"msg": "hello zip"}'`;

const saysHello: Case["check"] = ({ init, runs, stdout }, expect) => {
  expect(init.status).toBe(200);
  expect(runs[0]).toEqual({ status: 200, body: { msg: "hello zip" } });
  expect(stdout).toBe("This is an example zip used with the native runtime\n");
};

const notBuilt: Case["check"] = ({ init, stdout, stderr, sentinels }, expect) => {
  expect(init).toEqual({ status: 502, body: NOT_BUILT });
  expect(stdout + stderr).toContain("Error: ");
  expect(sentinels).toEqual(ONE_PAIR);
};

/** What executables rely on. The target's action folder must be /action, or `folder` say what it ends with. */
export function nativeConformance(name: string, start: StartTarget, folder = "/action"): void {
  commonConformance(name, start, samples);
  caseSuite(`${name}, for executables,`, start, cases(folder));
  stubConformance(name, start);
}

function cases(folder: string): Case[] {
  return [
    {
      id: "X2",
      title: "refuses an argument that is neither object nor array",
      upload: { code: "#!/bin/sh\ncat" },
      bodies: [withValue("A"), withValue(null)],
      check: ({ runs, stdout, stderr, sentinels }, expect) => {
        const error = "The action did not receive a dictionary or array as an argument.";
        expect(runs).toEqual(runs.map(() => ({ status: 404, body: { error } })));
        expect({ stdout, stderr, sentinels }).toEqual({ stdout: "", stderr: "", sentinels: { stdout: 2, stderr: 2 } });
      },
    },
    {
      id: "X3",
      title: "accepts empty code, which then returns nothing",
      upload: { code: "" },
      bodies: [null],
      check: ({ init, runs, stderr }, expect) => {
        expect(init.status).toBe(200);
        expect(runs[0]).toEqual({ status: 502, body: NO_DICTIONARY });
        expect(stderr.toLowerCase()).toContain("error");
      },
    },
    {
      id: "X4",
      title: "runs exec of a zip, whatever its mode",
      upload: binary(zip({ exec: HELLO, "lib/x": "" })),
      check: saysHello,
    },
    { title: "runs exec of a tar.gz", upload: binary(tarGz({ exec: HELLO })), check: saysHello },
    {
      title: "runs a script that came as base64",
      upload: binary(Buffer.from(HELLO).toString("base64")),
      check: saysHello,
    },
    {
      id: "X5",
      title: "runs in the action's folder",
      upload: { code: `#!/bin/bash\necho "{\\"PWD\\": \\"$PWD\\", \\"pwd\\": \\"$(pwd)\\"}"` },
      check: ({ runs }, expect) => {
        const body = runs[0]?.body as { PWD: string; pwd: string };
        expect(body.PWD).toBe(body.pwd);
        expect(body.pwd.endsWith(folder)).toBe(true);
      },
    },
    {
      id: "X6",
      title: "takes arrays as first argument, and returns them",
      upload: { code: `#!/bin/sh\necho "$1"` },
      bodies: [withValue(["a", "b"])],
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: ["a", "b"] }),
    },
    {
      id: "X8",
      title: "gives the argument as ASCII, blanks after commas and colons, both on stdin and as argument",
      upload: { code: `#!/bin/bash\nin=$(cat)\necho "$in"\n[ "$in" = "$1" ] && echo '{"same": true}'` },
      bodies: [withValue({ a: "❄\u007f", b: [1, { c: null }], d: 1.5 })],
      check: ({ runs, stdout }, expect) => {
        expect(runs[0]?.body).toEqual({ same: true });
        expect(stdout).toBe('{"a": "\\u2744\\u007f", "b": [1, {"c": null}], "d": 1.5}\n');
      },
    },
    {
      id: "X9",
      title: "ignores the exit code",
      upload: { code: `#!/bin/sh\necho '{"it": "works"}'\nexit 3` },
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "works" } }),
    },
    {
      title: "starts a new process for each activation, in the same folder",
      upload: { code: `#!/bin/sh\necho x >> count\necho "{\\"count\\": $(wc -l < count)}"` },
      bodies: [{}, {}],
      check: ({ runs }, expect) => expect(runs.map(({ body }) => body)).toEqual([{ count: 1 }, { count: 2 }]),
    },
    {
      title: "logs a last line that is no result",
      upload: { code: "#!/bin/sh\necho first\necho last\necho" },
      check: ({ runs, stdout }, expect) => {
        expect(runs[0]).toEqual({ status: 502, body: NO_DICTIONARY });
        expect(stdout).toBe("first\nlast\n\n");
      },
    },
    {
      title: "ends the last line of stderr before the sentinel",
      upload: { code: `#!/bin/sh\nprintf err >&2\nprintf '{}'` },
      check: ({ runs, stderr, sentinels }, expect) => {
        expect([runs[0]?.body, stderr, sentinels]).toEqual([{}, "err\n", ONE_PAIR]);
      },
    },
    {
      title: "says that an interpreter is missing",
      upload: { code: "#!/no/such/interpreter\n" },
      check: ({ runs, stderr }, expect) => {
        expect(runs[0]).toEqual({ status: 502, body: NO_DICTIONARY });
        expect(stderr).toContain("could not be started");
      },
    },
    {
      title: "survives an environment that no process can be given",
      upload: { code: HELLO, env: { LARGE: "x".repeat(200_000) } },
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 502, body: NO_DICTIONARY }),
    },
    { title: "refuses a zip without exec", upload: binary(zip({ hello: "" })), bodies: [], check: notBuilt },
    {
      title: "refuses what is neither archive nor executable",
      upload: binary("YWJjZA=="),
      bodies: [],
      check: notBuilt,
    },
  ];
}

function stubConformance(name: string, start: StartTarget): void {
  describe.concurrent(`${name}, without code,`, () => {
    for (const [how, value] of [
      ["no init", "none"],
      ["an empty init", undefined],
      ["code null", initValue({ code: null as unknown as string })],
    ] as const) {
      test(`X1: runs a stub after ${how}`, async ({ expect }) => {
        const target = await start();
        const init = value === "none" ? undefined : await target.init(value);
        const run = await target.run(withValue({}));
        const { stdout, sentinels } = separate(await target.logs());
        await target.stop();
        expect(init?.status ?? 200).toBe(200);
        expect(run).toEqual({ status: 200, body: STUB });
        expect(stdout).toContain("This is a stub action");
        expect(sentinels).toEqual(ONE_PAIR);
      });
    }

    test("runs overlapping activations one after the other", async ({ expect }) => {
      const target = await start();
      const code = "#!/bin/sh\n[ -e busy ] && exit 1\ntouch busy\ncat\nrm busy";
      await target.init(initValue({ code }));
      const ids = ["1", "2", "3"];
      const runs = ids.map((id) => target.run({ value: { id }, activation_id: id.repeat(32) }));
      const replies = await Promise.all(runs);
      await target.stop();
      expect(replies).toEqual(ids.map((id) => ({ status: 200, body: { id } })));
    });
  });
}
