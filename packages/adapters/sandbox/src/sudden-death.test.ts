import { once } from "node:events";
import { readdirSync } from "node:fs";
import { describe, test } from "vitest";
import { attackerSpec } from "./fixtures/attacker.ts";
import { codeTalk } from "./fixtures/code-talk.ts";
import { anyOwner, type Mode, plainMode, sandboxModes } from "./fixtures/modes.ts";
import { type RemoteRuntime, remoteRuntime } from "./fixtures/remote-runtime.ts";
import { running } from "./fixtures/running.ts";
import { hostNames } from "./host-names.ts";
import { hostTools, runTool } from "./host-tools.ts";

/** Leaves a process behind that does all it can to stay. */
const HIDER = `
import ctypes, os, signal, sys
def main(mark):
    libc = ctypes.CDLL(None)
    libc.prctl(1, 0)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            libc.prctl(1, 0)
            for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
            os.execvp("sleep", ["sleep", mark])
        os._exit(0)
    return {}
`;

async function startHiders(runtime: RemoteRuntime, mark: string): Promise<void> {
  for (const name of ["awake", "asleep"]) {
    const container = await runtime.create(attackerSpec({ name: `hider_${name}` }));
    await (await codeTalk(container, HIDER)).run(mark);
    if (name === "asleep") await container.pause();
  }
}

async function killServer(runtime: RemoteRuntime): Promise<void> {
  const end = once(runtime.process, "exit");
  runtime.process.kill("SIGKILL");
  await end;
}

/** Everything on this host that carries the owner's names. */
async function traces(ownerId: string): Promise<string[]> {
  const { owner } = hostNames(ownerId);
  const tools = hostTools();
  const rules = ["iptables-save", "ip6tables-save"]
    .map((tool) => tools.find(tool))
    .filter((tool) => tool !== undefined);
  const nft = tools.find("nft");
  const ruleTexts = await Promise.all(
    [...rules.map((tool) => [tool]), ...(nft ? [[nft, "list", "tables"]] : [])].map((argv) => runTool(argv)),
  );
  const names = [
    ...readdirSync("/sys/class/net"),
    ...list("/run/netns"),
    ...list("/run"),
    ...list("/tmp"),
    ...list("/run/meringue/ip-forward"),
    ...list("/sys/fs/cgroup").flatMap((tree) => list(`/sys/fs/cgroup/${tree}`)),
    ...ruleTexts.flatMap((text) => text.match(/meringue[-_]\w+/gi) ?? []).map((name) => `mg${name.slice(9)}`),
  ];
  return names.filter(
    (name) => name.startsWith(`mg${owner}`) || name.startsWith(`meringue-${owner}`) || name.includes(ownerId),
  );
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // there is no such folder, so nothing is left in it
  }
}

function cases(mode: Mode): void {
  test("no process of a container outlives its server, and the next server clears the rest", async ({
    expect,
    onTestFinished,
  }) => {
    const options = { ownerId: anyOwner(), tmpMb: 64, networkPool: 1, force: mode.force };
    const mark = `8643${process.pid}${Math.trunc(performance.now())}`;
    const started: RemoteRuntime[] = [];
    onTestFinished(() => started.forEach((runtime) => void runtime.process.kill("SIGKILL")));
    const first = await remoteRuntime(options, mode.as);
    started.push(first);
    await startHiders(first, mark);
    await expect.poll(() => running(mark)).toBeGreaterThan(0);
    await killServer(first);

    // A frozen process of the first cgroup generation dies when it is thawed, and so does whoever lost no sandbox.
    const isPatient = mode.force.limits === "cgroup" || mode === plainMode;
    if (!isPatient) await expect.poll(() => running(mark), { timeout: 5000 }).toBe(0);
    const second = await remoteRuntime(options, mode.as);
    started.push(second);
    const removed = await second.removeLeftovers();
    if (isPatient) expect(removed).toBe(2);
    await expect.poll(() => running(mark), { timeout: 5000 }).toBe(0);
    expect(await second.removeLeftovers()).toBe(0);
    await second.close();
    expect(await traces(options.ownerId)).toEqual([]);
  });
}

for (const mode of [...sandboxModes, plainMode]) {
  describe.skipIf(mode.lacking !== undefined)(`${mode.name}${mode.lacking ? ` (skipped: ${mode.lacking})` : ""}`, () =>
    cases(mode),
  );
}
