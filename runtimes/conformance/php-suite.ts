import { describe, test } from "vitest";
import { caseSuite } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { phpArchiveCases } from "./php-archive-cases.ts";
import { phpSourceCases } from "./php-source-cases.ts";
import { NOT_STARTED, refusesToRunUninitialised } from "./proxy-expectations.ts";
import { initValue, type StartTarget, withValue } from "./target.ts";

/** For what every runtime must do. */
export const phpSamples: CommonSamples = {
  echo: {
    code: `<?php
function main(array $args): array {
  echo "hello stdout\\n";
  fwrite(STDERR, "hello stderr\\n");
  return $args;
}`,
  },
  otherMain: { code: "<?php function niam(array $args): array { return $args; }", main: "niam" },
  noObject: { code: `<?php function main(array $args) { return "not a json object"; }` },
  unicode: {
    code: `<?php
function main(array $args): array {
  $winter = "❄ {$args['delimiter']} ❄";
  echo $winter, "\\n";
  return ["winter" => $winter];
}`,
  },
  environment: {
    code: `<?php
$found = ["SOME_VAR" => $_ENV["SOME_VAR"], "ANOTHER_VAR" => getenv("ANOTHER_VAR")];
function main(array $args): array { return $GLOBALS["found"]; }`,
  },
  context: {
    code: `<?php
function main(array $args): array {
  $found = [];
  foreach (["api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"] as $key) {
    $found[$key] = getenv("__OW_" . strtoupper($key));
  }
  return $found;
}`,
  },
  withoutCode: "refused",
  arrayResult: (array) => ({ ...array }),
};

/**
 * What actions of the php kinds rely on.
 * @param without which libraries of upstream's images are not here, if any
 */
export function phpConformance(name: string, start: StartTarget, without?: string): void {
  commonConformance(name, start, phpSamples);
  caseSuite(`${name}, for a single file,`, start, phpSourceCases(without));
  caseSuite(`${name}, for an archive,`, start, phpArchiveCases());
  lifeConformance(name, start);
}

function lifeConformance(name: string, start: StartTarget): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    refusesToRunUninitialised(start);

    test.for([
      ["throws", "throw new Exception('nope');"],
      ["exits", "exit(1);"],
      ["can't be compiled", "class Error {}"],
    ])(
      "may be initialised after an init that %s, and remembers nothing of that",
      { concurrent: true },
      async ([, end], { expect }) => {
        const target = await start();
        const code = (last: string): string =>
          `<?php function main($args) { return ["left" => getenv("LEFT"), "file" => is_file("left")]; } ${last}`;
        const failed = await target.init(initValue({ code: code(`touch("left"); ${end}`), env: { LEFT: "x" } }));
        const again = await target.init(initValue({ code: code("") }));
        const run = await target.run(withValue({}));
        await target.stop();
        expect([failed, again.status]).toEqual([{ status: 502, body: { error: NOT_STARTED } }, 200]);
        expect(run.body).toEqual({ left: false, file: false });
      },
    );

    test("prints nothing about an init without code", async ({ expect }) => {
      const target = await start();
      const reply = await target.init({ main: "main", code: "" });
      const { stdout, stderr } = await target.logs();
      await target.stop();
      expect(reply.status).toBe(403);
      expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    });
  });
}
