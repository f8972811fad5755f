import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileCSharp } from "../catalogue/dotnet-launcher.ts";
import type { DotnetTools } from "../catalogue/find-dotnet.ts";

/** The assemblies of a published class library, by file name. */
export type Assemblies = Readonly<Record<string, Uint8Array>>;

/** Compiles a class library `Actions.dll` that uses the Newtonsoft.Json of the SDK. */
export async function compileActions(dotnet: DotnetTools, source: string): Promise<Assemblies> {
  const folder = await mkdtemp(join(tmpdir(), "csc-"));
  try {
    const [newtonsoft] = globSync(join(dirname(dotnet.compiler), "../../Newtonsoft.Json.dll"));
    if (newtonsoft === undefined) throw new Error("the SDK has no Newtonsoft.Json.dll");
    const file = join(folder, "Actions.cs");
    const output = join(folder, "Actions.dll");
    await writeFile(file, source);
    await compileCSharp(dotnet, ["-target:library", `-reference:${newtonsoft}`, `-out:${output}`, file]);
    return { "Actions.dll": await readFile(output), "Newtonsoft.Json.dll": await readFile(newtonsoft) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
