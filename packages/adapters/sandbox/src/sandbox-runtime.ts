import { existsSync } from "node:fs";
import {
  type Container,
  type ContainerRuntime,
  type ContainerSpec,
  ContainerStartFailed,
  type IsolationReport,
  systemClock,
} from "@meringue/core";
import { type Berth, berthMaker, freeBerth } from "./berth.ts";
import { INSIDE_ID } from "./bubblewrap.ts";
import { type CgroupHost, type CgroupLimits, MIB } from "./cgroup.ts";
import { container, MAX_PROCESSES } from "./container.ts";
import { hostNames } from "./host-names.ts";
import { chooseLimits, chooseNetwork, chooseTool, type Host } from "./host-offer.ts";
import { hostTools, reasonOf } from "./host-tools.ts";
import { cleanUpAfter, freeLaid, type LaidSandbox } from "./laid-sandbox.ts";
import type { Launcher } from "./launcher.ts";
import { killMarked } from "./leftover-processes.ts";
import { type LogPipes, logPipes } from "./log-pipes.ts";
import type { SandboxNetwork } from "./network.ts";
import { tryProgram } from "./probe.ts";
import { type ReadyPool, readyPool } from "./ready-pool.ts";
import {
  type ResourceLimits,
  type SandboxJob,
  type SandboxTool,
  type SandboxUser,
  shellLine,
} from "./sandbox-command.ts";
import type { SandboxOptions } from "./sandbox-options.ts";
import { makeStage, stageEtc } from "./stage.ts";
import { type StartedAhead, startedAhead, type Wish } from "./started-ahead.ts";
import { removeVethLeftovers } from "./veth-leftovers.ts";
import { dataLimitKib, kernelRelease, periodicWatch, type Watch } from "./watchdog.ts";

/** How many containers everything that takes a while is made ahead for. */
const BERTHS = 4;

/** Everything that was chosen, for as long as the runtime lives. */
interface Chosen {
  readonly host: Host;
  readonly tool: SandboxTool;
  readonly network: SandboxNetwork;
  readonly limits: CgroupHost | string;
  readonly pipes: LogPipes;
}

/**
 * Runs containers as sandboxes of this host, without a container engine. What the host permits is found out once, by
 * trying, and told in `isolation`.
 * @throws Error when something that `force` asks for cannot be had
 */
export async function sandboxRuntime(options: SandboxOptions): Promise<ContainerRuntime> {
  if (!/^[a-z0-9]{8,}$/.test(options.ownerId)) throw new Error("ownerId must be 8 or more of [a-z0-9]");
  await using undo = new AsyncDisposableStack();
  const isRoot = process.getuid?.() === 0;
  const tools = hostTools(options.toolPath);
  const names = hostNames(options.ownerId);
  const stage = makeStage(names.owner, isRoot);
  undo.defer(() => stage.close());
  const nextUser = isRoot ? userIds(names.seed) : () => undefined;
  const { gid } = nextUser() ?? { gid: INSIDE_ID };
  const etc = await stageEtc(stage, tools, { uid: INSIDE_ID, gid });
  const host: Host = { options, tools, isRoot, stage, etc, names, nextUser };
  const pipes = logPipes(`${stage.folder}/pipes`, tools);
  const attempt = (tool: SandboxTool, network?: SandboxNetwork) =>
    tryProgram({ sh: tools.need("sh"), tool, network, user: nextUser(), pipes });
  const limits = await chooseLimits(host);
  undo.defer(() => (typeof limits === "string" ? undefined : limits.close()));
  const tool = await chooseTool(host, attempt);
  const network = await chooseNetwork(host, tool, attempt);
  undo.defer(() => network.close());
  return runtimeOf({ host, tool, network, limits, pipes }, undo.move());
}

function runtimeOf(chosen: Chosen, stack: AsyncDisposableStack): ContainerRuntime {
  const { host, limits, tool } = chosen;
  const running = new Map<string, Container>();
  const watch = watchFor(limits);
  const { pipes } = chosen;
  const groups = typeof limits === "string" ? undefined : limits;
  const parts = {
    sh: host.tools.need("sh"),
    pipes,
    tool,
    network: chosen.network,
    groups,
    instance: host.names.instance,
  };
  const berths = readyPool(host.options.networkPool ?? BERTHS, berthMaker(parts), freeBerth);
  stack.defer(() => berths.close());
  const ahead = aheadOf(chosen, berths);
  stack.defer(() => ahead?.close());
  const start = starter(chosen, berths, watch, ahead);
  stack.defer(async () => void (await Promise.all([...running.values()].map((one) => one.remove()))));
  return {
    name: "sandbox",
    isolation: report(chosen),
    whyNot(kind, image) {
      const launcher = host.options.launchers(kind, image);
      if (typeof launcher === "string") return launcher;
      return launcher.prepare === undefined ? missing(launcher) : undefined; // else it is made once it is needed
    },
    async create(spec, signal) {
      signal?.throwIfAborted();
      const made = await start(spec, () => running.delete(spec.name));
      running.set(spec.name, made);
      if (signal?.aborted) await made.remove();
      signal?.throwIfAborted();
      return made;
    },
    removeLeftovers: () => removeLeftovers(chosen),
    close: () => stack.disposeAsync(),
  };
}

type Ahead = StartedAhead<LaidSandbox>;

/** Without control groups, limits are set as a sandbox is made: none can be made before it is known whose it will be. */
function aheadOf(chosen: Chosen, berths: ReadyPool<Berth>): Ahead | undefined {
  if (typeof chosen.limits === "string" || !chosen.tool.isolates) return undefined;
  return startedAhead<LaidSandbox>({
    async start(wish) {
      await wish.launcher.prepare?.();
      return await lay(chosen, berths, wish, undefined);
    },
    isAlive: ({ berth }) => berth.shell.isAlive(),
    remove: freeLaid,
    failed: (what, error) => process.emitWarning(`${what}: ${reasonOf(error)}`),
    after: (delayMs, callback) => systemClock.after(delayMs, callback),
  });
}

async function removeLeftovers({ host, tool, limits }: Chosen): Promise<number> {
  const marks = tool.isolates ? new Set<string>() : killMarked((mark) => isDead(mark, host));
  const groups =
    typeof limits === "string"
      ? []
      : limits
          .names()
          .filter((name) => !name.endsWith(`.${host.names.instance}`))
          .map((name) => limits.existing(name));
  const containers = groups.filter((group) => group.isLimited()).length; // others were only made ahead
  await Promise.all(groups.map((group) => group.remove()));
  if (host.isRoot) await removeVethLeftovers(host.names, host.tools);
  host.stage.removeLeftovers();
  return Math.max(containers, marks.size);
}

function isDead(mark: string, { names }: Host): boolean {
  return mark.startsWith(`${names.owner}/`) && !mark.startsWith(`${names.owner}/${names.instance}/`);
}

function missing({ binds }: Launcher): string | undefined {
  const absent = binds.find(({ source }) => !existsSync(source));
  return absent === undefined ? undefined : `${absent.source} does not exist`;
}

/** The first generation of groups has to be asked whether memory ran out; without groups, everything is. */
function watchFor(limits: CgroupHost | string): Watch | undefined {
  if (typeof limits === "string") return periodicWatch(systemClock, 200);
  return limits.killsWhole ? undefined : periodicWatch(systemClock, 500, () => new Map());
}

function starter(chosen: Chosen, berths: ReadyPool<Berth>, watch: Watch | undefined, ahead: Ahead | undefined) {
  return async (spec: ContainerSpec, gone: () => void): Promise<Container> => {
    const launcher = chosen.host.options.launchers(spec.kind, spec.image, spec.memoryMb);
    if (typeof launcher === "string") throw new ContainerStartFailed("image", launcher);
    const wish: Wish = { launcher, env: spec.env };
    let laid = ahead?.take(wish);
    if (laid === undefined) await prepared(spec.kind, launcher);
    const absent = missing(launcher);
    if (absent !== undefined) throw new ContainerStartFailed("host", absent);
    try {
      laid ??= await lay(chosen, berths, wish, spec);
      await laid.berth.place.occupiedBy(spec.name);
      return occupy(chosen, spec, launcher, laid, watch, gone);
    } catch (cause) {
      if (laid !== undefined) await freeLaid(laid);
      throw new ContainerStartFailed("host", `no sandbox could be made: ${reasonOf(cause)}`, { cause });
    }
  };
}

async function prepared(kind: string, launcher: Launcher): Promise<void> {
  try {
    await launcher.prepare?.();
  } catch (cause) {
    throw new ContainerStartFailed("image", `${kind} cannot be made ready: ${reasonOf(cause)}`, { cause });
  }
}

/** A shell that waited long may have been killed by somebody else. */
async function takeAlive(berths: ReadyPool<Berth>): Promise<Berth> {
  for (;;) {
    const berth = await berths.take();
    if (berth.shell.isAlive()) return berth;
    await freeBerth(berth);
  }
}

/** @param limits of the container, if it is known; without, the launcher runs in control groups that have none yet */
async function lay(
  { host, tool }: Chosen,
  berths: ReadyPool<Berth>,
  wish: Wish,
  limits: ContainerSpec | undefined,
): Promise<LaidSandbox> {
  const berth = await takeAlive(berths);
  const { place, cgroup, shell } = berth;
  try {
    if (limits !== undefined) cgroup?.limit(limitsOf(limits));
    const job: SandboxJob = {
      launcher: wish.launcher,
      env: environment(wish, place.apiHost),
      user: host.nextUser(),
      resourceLimits: cgroup === undefined && limits !== undefined ? resourceLimits(limits.memoryMb) : undefined,
    };
    const command = tool.command(job);
    shell.become(shellLine(command, job), command.onFour);
    return { berth, command, isLimited: limits !== undefined };
  } catch (error) {
    await freeBerth(berth);
    throw error;
  }
}

function limitsOf({ memoryMb, cpuShares }: ContainerSpec): CgroupLimits {
  return { memoryMb, pids: MAX_PROCESSES, cpuShares };
}

/** Makes a laid sandbox the container of `spec`. */
function occupy(
  { host, tool }: Chosen,
  spec: ContainerSpec,
  launcher: Launcher,
  laid: LaidSandbox,
  watch: Watch | undefined,
  gone: () => void,
): Container {
  const { name, memoryMb } = spec;
  const { place, cgroup, shell } = laid.berth;
  if (!laid.isLimited) cgroup?.limit(limitsOf(spec));
  return container({
    ...{ name, memoryMb, launcher, process: shell, place, cgroup, watch },
    folderBytes: tool.isolates ? (host.options.tmpMb ?? 512) * MIB : 0,
    cleanUp() {
      cleanUpAfter(laid);
      gone();
    },
  });
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function environment({ launcher, env }: Wish, apiHost: string | undefined): Record<string, string> {
  return {
    PATH,
    HOME: "/action",
    LANG: "C.UTF-8",
    MERINGUE_ACTION_DIR: "/action",
    MERINGUE_SENTINELS: "off", // our pipes need none
    ...launcher.env,
    ...env,
    ...(apiHost === undefined ? {} : { __OW_API_HOST: apiHost }),
  };
}

/** Since Linux 5.14 the number of processes is counted in each user namespace alone, and a user id of its own is so anyway. */
function resourceLimits(memoryMb: number): ResourceLimits {
  const [major, minor] = process.platform === "linux" ? kernelRelease() : [0, 0];
  const isCountedApart = process.getuid?.() === 0 || major > 5 || (major === 5 && minor >= 14);
  return { dataKib: dataLimitKib(memoryMb), processes: isCountedApart ? MAX_PROCESSES : undefined };
}

/** User ids that nobody has: 65536 for each owner, out of the top of what systemd leaves to nobody. */
function userIds(seed: number): () => SandboxUser {
  const gid = 0x7000_0000 + (seed % 4096) * 65_536;
  let count = 0;
  return () => ({ uid: gid + 1 + (count++ % 65_000), gid });
}

function report({ tool, network, limits }: Chosen): IsolationReport {
  const hasGroups = typeof limits !== "string";
  const level = !tool.isolates ? "none" : network.isOwn && hasGroups ? "full" : "partial";
  const limitLine = hasGroups
    ? `limits: memory and ${MAX_PROCESSES} processes by ${limits.label}`
    : `limits: memory and ${MAX_PROCESSES} processes by a watchdog, no control groups: ${limits}`;
  return { level, lines: [...tool.lines, ...network.lines, limitLine] };
}
