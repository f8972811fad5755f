import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { realRuntime, whyNoContainers } from "./real-engine.ts";

const why = await whyNoContainers();
const root = process.getuid?.() === 0;

/** Tries to connect. Answers `{open: true}`, or why not; silence counts as not. */
const CONNECT = `function main({ host, port }) {
  return new Promise((resolve) => {
    const socket = require("net").connect({ host, port, timeout: 1500 });
    socket.once("connect", () => resolve({ open: true }));
    socket.once("timeout", () => resolve({ open: false, code: "ETIMEDOUT" }));
    socket.once("error", ({ code }) => resolve({ open: false, code }));
  });
}`;
const READ = `function main({ path }) {
  try { return { text: require("fs").readFileSync(path, "utf8") }; } catch ({ code }) { return { code }; }
}`;
const LIST = `function main() {
  const { readdirSync, readFileSync } = require("fs");
  const read = (id) => { try { return readFileSync("/proc/" + id + "/cmdline", "utf8"); } catch { return ""; } };
  return { ids: readdirSync("/proc").filter((id) => /^\\d+$/.test(id)).map((id) => [id, read(id)]) };
}`;

/** Whether any process on this machine has a word in its command line. */
async function anyProcessSays(word: string): Promise<boolean> {
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    try {
      if ((await readFile(`/proc/${id}/cmdline`, "utf8")).includes(word)) return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ESRCH") throw error; // it ended meanwhile
    }
  }
  return false;
}

async function listener(host: string): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((socket) => socket.end("hello"));
  server.listen(0, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}

describe.skipIf(why !== undefined)("an action in a Docker container (if an engine answers and has our images)", () => {
  test("does not see the host's files", async ({ expect }) => {
    await using world = await realRuntime();
    const folder = await mkdtemp(join(tmpdir(), "meringue-secret-"));
    try {
      const path = join(folder, "meringue.sqlite");
      await writeFile(path, "the platform's data");
      const { run } = await world.action(READ);
      expect(await run({ path })).toEqual({ code: "ENOENT" });
      expect(await run({ path: `/proc/1/root${path}` })).toEqual({ code: "ENOENT" });
      const shadow = (await run({ path: "/etc/shadow" })) as { text?: string };
      if (root) expect(shadow.text).not.toBe(await readFile("/etc/shadow", "utf8"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("sees no process but its own, and cannot signal any other", async ({ expect }) => {
    await using world = await realRuntime();
    const { run } = await world.action(LIST);
    const { ids } = (await run()) as { ids: [id: string, command: string][] };
    expect(ids.length).toBeLessThan(5);
    expect(ids[0]?.[1]).toContain("runtime.cjs");
    const kill = await world.action(
      "function main({ pid }) { try { process.kill(pid, 0); return { killed: true }; } catch ({ code }) { return { code }; } }",
    );
    expect(await kill.run({ pid: process.pid })).toEqual({ code: "ESRCH" });
  });

  test("can gain no privileges, and has few", async ({ expect }) => {
    await using world = await realRuntime();
    const { run } = await world.action(READ);
    const { text = "" } = (await run({ path: "/proc/self/status" })) as { text?: string };
    expect(text).toMatch(/^NoNewPrivs:\t1$/m);
    const bits = BigInt(`0x${/^CapBnd:\t([0-9a-f]+)$/m.exec(text)?.[1]}`);
    const has = (bit: number): boolean => ((bits >> BigInt(bit)) & 1n) === 1n;
    expect([12, 13, 19, 21, 27].filter(has)).toEqual([]); // NET_ADMIN, NET_RAW, SYS_PTRACE, SYS_ADMIN, MKNOD
  });

  test("does not reach another container", async ({ expect }) => {
    await using world = await realRuntime();
    const [one, other] = await Promise.all([world.action(CONNECT), world.action(CONNECT)]);
    const { address } = other.container.channel as { address: { host: string; port: number } };
    expect(await one.run(address)).toEqual({ open: false, code: "ETIMEDOUT" });
    expect(await one.run({ host: "127.0.0.1", port: 8080 })).toEqual({ open: true });
  });

  test("does not reach what listens on the host's loopback", async ({ expect }) => {
    await using world = await realRuntime();
    await using service = await listener("127.0.0.1");
    const { run } = await world.action(CONNECT);
    expect(await run({ host: "127.0.0.1", port: service.port })).toEqual({ open: false, code: "ECONNREFUSED" });
  });

  test.skipIf(!root)(
    "does not reach what listens on all of the host's addresses (rules take root)",
    async ({ expect }) => {
      await using world = await realRuntime();
      await using service = await listener("0.0.0.0");
      const { run } = await world.action(`${CONNECT.replace("main", "connect")}
      function main({ port }) { return connect({ host: new URL(process.env.__OW_API_HOST).hostname, port }); }`);
      expect(await run({ port: service.port })).toEqual({ open: false, code: "ECONNREFUSED" });
    },
  );

  test("that starts processes without end harms only itself", { timeout: 90_000 }, async ({ expect }) => {
    await using world = await realRuntime();
    const bomb = await world.action(`function main() {
      const { spawn } = require("child_process");
      return new Promise((resolve) => {
        let started = 0;
        const more = () => {
          const child = spawn("sleep", ["600"], { stdio: "ignore" });
          child.once("error", ({ code }) => resolve({ started, code }));
          child.once("spawn", () => { started += 1; more(); });
        };
        more();
      });
    }`);
    const neighbour = await world.action("function main(args) { return args; }");
    const result = (await bomb.run()) as { started: number; code: string };
    expect(result.code).toBe("EAGAIN");
    expect(result.started).toBeLessThan(1024);
    expect(await neighbour.run({ fine: true })).toEqual({ fine: true });
  });

  test("that takes more memory than it may is ended, and why is known", async ({ expect }) => {
    await using world = await realRuntime();
    const { container, run } = await world.action(
      "function main() { const all = []; for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1)); }",
      { memoryMb: 128 },
    );
    await expect(run()).rejects.toThrow();
    expect(await container.exited).toEqual({ reason: "out-of-memory", code: null });
  });

  test("leaves no process behind when its container is removed", async ({ expect }) => {
    await using world = await realRuntime();
    const marker = `marker-${process.pid}-${Date.now()}`;
    const { container, run } = await world.action(`function main() {
      require("child_process").spawn("setsid", ["sh", "-c", "while :; do sleep 1; done", "${marker}"], { detached: true, stdio: "ignore" }).unref();
      return {};
    }`);
    await run();
    await expect.poll(() => anyProcessSays(marker), { timeout: 10_000 }).toBe(true);
    await container.remove();
    expect(await anyProcessSays(marker)).toBe(false);
  });
});
