import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compileLauncher } from "../../runtimes/catalogue/dotnet-launcher.ts";
import { type DotnetTools, findDotnet } from "../../runtimes/catalogue/find-dotnet.ts";
import { gatherFiles } from "../../runtimes/catalogue/gather.ts";
import { bringDotnet } from "./dotnet.ts";
import type { ImageRecipe } from "./list.ts";
import { run } from "./run.ts";

/** The npm that actions' dependencies are installed with. */
const NPM = "npm@11";
const INSTALL = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--no-package-lock"];

/** Puts together what the images are built from. */
export interface StagingArea {
  /** @returns the folder with the Dockerfile and rootfs/. */
  stage(image: ImageRecipe): Promise<string>;
  /** Removes what was put together for it alone. */
  forget(image: ImageRecipe): Promise<void>;
}

/**
 * @param root the checkout
 * @param folder a temporary folder
 */
export function stagingArea(root: string, folder: string): StagingArea {
  const made = new Map<string, Promise<string>>();
  const once = (name: string, make: (place: string) => Promise<unknown>): Promise<string> => {
    const place = join(folder, name);
    const known = made.get(name) ?? make(place).then(() => place);
    made.set(name, known);
    return known;
  };
  const installed = (spec: string): Promise<string> =>
    once(`npm-${spec}`, async (place) => {
      await mkdir(place);
      await run("npm", [...INSTALL, "--prefix", place, spec], { cwd: place });
    });
  const proxy = (): Promise<string> =>
    once("proxy", (place) => {
      const env = { CGO_ENABLED: "0", GOTOOLCHAIN: "local" };
      return run("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", place, "."], {
        cwd: join(root, "runtimes/proxy"),
        env,
      });
    });

  const dotnet = async (): Promise<DotnetTools> => {
    const found = findDotnet(process.env);
    if (typeof found !== "string") return found;
    const brought = findDotnet({ MERINGUE_DOTNET: await once("dotnet", bringDotnet) });
    if (typeof brought === "string") throw new Error(brought);
    return brought;
  };

  const gathered = gatherFiles(join(folder, "runtimes"), []);
  gathered.catch(() => undefined); // whoever stages an image is told

  return {
    async stage(image) {
      const context = join(folder, "context", image.name);
      const rootfs = join(context, "rootfs");
      await mkdir(join(rootfs, "runtime"), { recursive: true });
      await copyFile(join(root, "runtimes", image.dockerfile, "Dockerfile"), join(context, "Dockerfile"));
      const { runtimes, modules } = await gathered;
      for (const name of image.runtimes) await copyFolder(join(runtimes, name), join(rootfs, "runtime", name));
      if (image.node !== undefined) {
        const { major, path } = image.node;
        const name = `node-linux-${process.arch}`;
        const source = join(await installed(`${name}@${major}`), "node_modules", name, "bin/node");
        await putProgram(source, join(rootfs, path));
      }
      if (image.modules === true) {
        await copyFolder(modules, join(rootfs, "node_modules"));
        await putNpm(await installed(NPM), rootfs);
      }
      if (image.dotnet === true) await putDotnet(await dotnet(), join(runtimes, "dotnet/src"), rootfs);
      if (image.proxy === true) await putProgram(await proxy(), join(rootfs, "runtime/bin/proxy"));
      return context;
    },
    forget: ({ name }) => rm(join(folder, "context", name), { recursive: true }),
  };
}

function copyFolder(from: string, to: string): Promise<void> {
  return cp(from, to, { recursive: true });
}

async function putProgram(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, 0o755);
}

/** The runtime without what belongs to an SDK, and the launcher. */
async function putDotnet(tools: DotnetTools, sources: string, rootfs: string): Promise<void> {
  const root = join(rootfs, "usr/share/dotnet");
  const parts = [
    "dotnet",
    "LICENSE.txt",
    "ThirdPartyNotices.txt",
    "host/fxr",
    `shared/Microsoft.NETCore.App/${tools.version}`,
  ];
  for (const part of parts.filter((name) => existsSync(join(tools.root, name)))) {
    await copyFolder(join(tools.root, part), join(root, part));
  }
  const launcher = join(rootfs, "runtime/dotnet");
  await mkdir(launcher, { recursive: true });
  await compileLauncher({ ...tools, hasIcu: true }, sources, launcher);
}

async function putNpm(from: string, rootfs: string): Promise<void> {
  const library = join(rootfs, "usr/local/lib/node_modules");
  const programs = join(rootfs, "usr/local/bin");
  await mkdir(library, { recursive: true });
  await mkdir(programs, { recursive: true });
  await copyFolder(join(from, "node_modules/npm"), join(library, "npm"));
  for (const name of ["npm", "npx"]) {
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(programs, name));
  }
}
