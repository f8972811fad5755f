import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Launcher } from "../catalogue.ts";
import type { GoTools } from "./find-go.ts";
import type { NodeBinary } from "./find-node.ts";
import type { Gathered } from "./gather.ts";
import { loopLauncher } from "./loop-launcher.ts";
import { madeOnce } from "./made-once.ts";

const run = promisify(execFile);
const BUILD_LIMIT_MS = 300_000;
const CACHE_INSIDE = "/runtime/go-cache";
const ROOT_INSIDE = "/runtime/go-root";

/**
 * The launcher of a go kind; of source it makes an executable with the machine's Go. What most actions import of the
 * standard library is compiled before the first container is started, which takes up to a minute, once: no action's time would suffice.
 * @param cacheDir where the compiled library is kept
 */
export function goLauncher(go: GoTools | string, node: NodeBinary, files: Gathered, cacheDir: string): Launcher {
  if (typeof go === "string") return loopLauncher({ folder: "go", tools: undefined }, node, files);
  const inSystem = go.root.startsWith("/usr/");
  const root = inSystem ? go.root : ROOT_INSIDE;
  const cache = join(cacheDir, `go-${cacheKey(go)}`);
  const language = {
    folder: "go",
    tools: `go ${go.version}`,
    binds: [...(inSystem ? [] : [{ source: go.root, target: ROOT_INSIDE }]), { source: cache, target: CACHE_INSIDE }],
    env: { MERINGUE_GO: join(root, "bin/go"), MERINGUE_GO_CACHE: CACHE_INSIDE },
    prepare: () => madeOnce(cache, (draft) => seed(go, join(files.runtimes, "go/seed.go"), draft)),
  };
  return loopLauncher(language, node, files);
}

/** For the operator: what a kind runs on. */
export function describeGo(kind: string, go: GoTools | string): string {
  if (typeof go === "string") return `${kind} runs precompiled actions only: ${go}`;
  return `${kind} runs on Go ${go.version} (${go.root})`;
}

function cacheKey(go: GoTools): string {
  return createHash("sha256").update(JSON.stringify(go)).digest("hex").slice(0, 16);
}

async function seed(go: GoTools, source: string, draft: string): Promise<void> {
  const { PATH } = process.env;
  const env = {
    PATH,
    HOME: draft,
    GOCACHE: draft,
    GO111MODULE: "off",
    GOTOOLCHAIN: "local",
    GOFLAGS: "-buildvcs=false",
  };
  const words = ["build", "-o", "/dev/null", source];
  await run(join(go.root, "bin/go"), words, { env, cwd: draft, timeout: BUILD_LIMIT_MS });
}
