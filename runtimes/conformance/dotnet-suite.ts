import { describe, test } from "vitest";
import type { DotnetTools } from "../catalogue/find-dotnet.ts";
import { zip } from "./archives.ts";
import { caseSuite } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { dotnetInitCases, dotnetRunCases, type PackageOf } from "./dotnet-cases.ts";
import { type Assemblies, compileActions } from "./dotnet-compiler.ts";
import { DOTNET_SOURCES } from "./dotnet-sources.ts";
import { initValue, type StartTarget, withValue } from "./target.ts";

/** The compiled actions of the tables. */
export interface DotnetSamples {
  readonly assemblies: Assemblies;
  readonly of: PackageOf;
}

/** Compiles the actions of the tables. */
export async function dotnetSamples(dotnet: DotnetTools): Promise<DotnetSamples> {
  const assemblies = await compileActions(dotnet, DOTNET_SOURCES);
  const code = await zip({ ...assemblies, "notes/a.txt": "a note" });
  return { assemblies, of: (main) => ({ code, binary: true, main: whole(main) }) };
}

function whole(main: string): string {
  return main.split("::").length === 3 ? main : `Actions::Example.${main}`;
}

/** What actions of the dotnet kinds rely on. */
export function dotnetConformance(name: string, start: StartTarget, { assemblies, of }: DotnetSamples): void {
  commonConformance(name, start, common(of, "Echo::Main"));
  caseSuite(`${name}, at init,`, start, dotnetInitCases(of, assemblies));
  caseSuite(`${name}, at a run,`, start, dotnetRunCases(of));
  lifeConformance(name, start, of);
}

function common(of: PackageOf, echo: string): CommonSamples {
  return {
    echo: of(echo),
    otherMain: of("Other::Naim"),
    noObject: of("Other::Text"),
    unicode: of("Unicode::Main"),
    environment: of("Variables::Main"),
    context: of("Context::Main"),
    withoutCode: "refused",
  };
}

function lifeConformance(name: string, start: StartTarget, of: PackageOf): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    test("D13: awaits a task, and keeps the streams apart", async ({ expect }) => {
      const target = await start();
      await target.init(initValue(of("Echo::MainAsync")));
      const reply = await target.run(withValue({ numbers: [42, 1.5], "❄": null }));
      const { stdout, stderr } = await target.logs();
      await target.stop();
      expect(reply).toEqual({ status: 200, body: { numbers: [42, 1.5], "❄": null } });
      expect([stdout.split("\n")[0], stderr.split("\n")[0]]).toEqual(["hello stdout", "hello stderr"]);
    });

    test("refuses to run before it was initialised", async ({ expect }) => {
      const target = await start();
      const reply = await target.run(withValue({}));
      await target.stop();
      expect(reply).toEqual({ status: 502, body: { error: "Cannot invoke an uninitialized action." } });
    });

    test("may be initialised after an init that failed, and remembers nothing of that", async ({ expect }) => {
      const target = await start();
      const failed = await target.init(initValue({ ...of("Echo::Nope"), env: { SOME_VAR: "x" } }));
      const again = await target.init(initValue(of("Variables::Main")));
      const run = await target.run(withValue({}));
      await target.stop();
      expect([failed.status, again.status]).toEqual([502, 200]);
      expect(run.body).toEqual({ SOME_VAR: "", ANOTHER_VAR: "" });
    });
  });
}
