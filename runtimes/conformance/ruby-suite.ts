import { describe, test } from "vitest";
import { zip } from "./archives.ts";
import { caseSuite, errorOf } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { refusesToRunUninitialised } from "./proxy-expectations.ts";
import { rubyArchiveCases } from "./ruby-archive-cases.ts";
import { rubySourceCases } from "./ruby-source-cases.ts";
import { initValue, type StartTarget, withValue } from "./target.ts";

/** For what every runtime must do. */
export const rubySamples: CommonSamples = {
  echo: { code: `def main(args)\n  puts "hello stdout"\n  warn "hello stderr"\n  args\nend` },
  otherMain: { code: "def niam(args)\n  args\nend", main: "niam" },
  noObject: { code: `def main(args)\n  "not a json object"\nend` },
  unicode: {
    code: `def main(args)
  winter = "❄ " + args["delimiter"] + " ❄"
  puts winter
  { "winter" => winter }
end`,
  },
  environment: {
    code: `FOUND = %w[SOME_VAR ANOTHER_VAR].to_h { |key| [key, ENV.fetch(key)] }\ndef main(args) = FOUND`,
  },
  context: {
    code: `KEYS = %w[api_host api_key namespace action_name action_version activation_id deadline]
def main(args) = KEYS.to_h { |key| [key, ENV["__OW_" + key.upcase]] }`,
  },
  withoutCode: "refused",
};

/**
 * What actions of the ruby kinds rely on.
 * @param without which gems of upstream's image are not here, if any
 */
export function rubyConformance(name: string, start: StartTarget, without?: string): void {
  commonConformance(name, start, rubySamples);
  caseSuite(`${name}, for a single file,`, start, rubySourceCases(without));
  caseSuite(`${name}, for an archive,`, start, rubyArchiveCases());
  lifeConformance(name, start);
}

function lifeConformance(name: string, start: StartTarget): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    refusesToRunUninitialised(start);

    test("may be initialised after an init that failed, and remembers nothing of that", async ({ expect }) => {
      const target = await start();
      const code = (last: string): string =>
        `def main(args) = { "left" => ENV["LEFT"], "file" => File.exist?("left"), "known" => defined?(Left) }\n${last}`;
      const bad = code("Left = File.write('left', 'x')\nrequire 'nothing_of_the_kind'");
      const failed = await target.init(initValue({ code: bad, env: { LEFT: "x" } }));
      const again = await target.init(initValue({ code: code("") }));
      const run = await target.run(withValue({}));
      await target.stop();
      expect([failed.status, again.status]).toEqual([500, 200]);
      expect(run.body).toEqual({ left: null, file: false, known: null });
      expect(errorOf(failed)).toMatch(/^Invalid Ruby Code: method checking failed \/ /);
    });

    test("may be initialised after an init that failed with gems of its own", { timeout: 60_000 }, async ({
      expect,
    }) => {
      const target = await start();
      const files = { "main.rb": "raise 'no'", Gemfile: "", "vendor/cache/": "" };
      const failed = await target.init(initValue({ code: await zip(files), binary: true, env: { LEFT: "x" } }));
      const code = `def main(args) = { left: ENV.keys.grep(/LEFT|BUNDLE|RUBYOPT/) }`;
      const again = await target.init(initValue({ code }));
      const run = await target.run(withValue({}));
      await target.stop();
      expect([errorOf(failed), again.status]).toEqual([expect.stringContaining("main.rb:1"), 200]);
      expect(run.body).toEqual({ left: [] });
    });

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
