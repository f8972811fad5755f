import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, test } from "vitest";
import { findDotnet } from "./find-dotnet.ts";

describe("findDotnet", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  const made = (...files: readonly string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), "dotnet-"));
    folders.push(folder);
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), "");
    }
    return folder;
  };
  const assemblies = (version: string): string => `shared/Microsoft.NETCore.App/${version}/System.Runtime.dll`;
  const compiler = (version: string): string => `sdk/${version}/Roslyn/bincore/csc.dll`;

  test("takes the newest runtime and the newest compiler of the folder that is named", ({ expect }) => {
    const root = made("dotnet", assemblies("8.0.4"), assemblies("10.0.1"), compiler("8.0.100"), compiler("10.0.100"));

    expect(findDotnet({ MERINGUE_DOTNET: root })).toMatchObject({
      root,
      version: "10.0.1",
      framework: join(root, "shared/Microsoft.NETCore.App/10.0.1"),
      compiler: join(root, compiler("10.0.100")),
    });
  });

  test("follows the program on the path to its folder", ({ expect }) => {
    const root = made("dotnet", assemblies("8.0.4"), compiler("8.0.100"));
    const programs = made();
    symlinkSync(join(root, "dotnet"), join(programs, "dotnet"));

    expect(findDotnet({ PATH: programs })).toMatchObject({ root, version: "8.0.4" });
  });

  test("takes the compiler of another folder when the first has only a runtime", ({ expect }) => {
    const runtime = made("dotnet", assemblies("8.0.4"));
    const sdk = made("dotnet", assemblies("3.1.2"), compiler("3.1.102"));

    expect(findDotnet({ MERINGUE_DOTNET: runtime, DOTNET_ROOT: sdk })).toMatchObject({
      root: runtime,
      compiler: join(sdk, compiler("3.1.102")),
    });
  });

  test("passes a runtime by that is too old", ({ expect }) => {
    const old = made("dotnet", assemblies("3.1.2"), compiler("3.1.102"));
    const root = made("dotnet", assemblies("6.0.36"), compiler("6.0.428"));

    expect(findDotnet({ MERINGUE_DOTNET: old, DOTNET_ROOT: root })).toMatchObject({ root, version: "6.0.36" });
  });
});
