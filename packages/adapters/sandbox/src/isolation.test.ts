import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import type { ContainerRuntime } from "@meringue/core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { withAttacker } from "./fixtures/attacker.ts";
import { type Mode, sandboxModes } from "./fixtures/modes.ts";
import { running } from "./fixtures/running.ts";
import { runTool } from "./host-tools.ts";
import { listProcesses, readProc } from "./process-tree.ts";

for (const mode of sandboxModes) {
  describe.skipIf(mode.lacking !== undefined)(
    `${mode.name}${mode.lacking ? ` (skipped: ${mode.lacking})` : ""}`,
    () => {
      let runtime: ContainerRuntime;
      beforeAll(async () => {
        runtime = (await mode.start()).runtime;
      });
      afterAll(() => runtime?.close());
      const current = (): ContainerRuntime => runtime;

      files(current);
      hiddenFolder(mode);
      processes(current);
      network(current);
      privileges(current);
      exhaustion(current);
    },
  );
}

function files(runtime: () => ContainerRuntime): void {
  test("an action sees nothing of the host's folders but the system", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      const hostFolders = ["home", "root", "var", "srv", "mnt", "run", "boot", "sys", "media"];
      expect(await run(`result = [f for f in ${JSON.stringify(hostFolders)} if os.path.exists("/" + f)]`)).toEqual([]);
      expect(await run(`result = os.listdir("/opt")`)).toEqual(["test"]);
      expect(await run(`result = os.listdir("/tmp") + os.listdir("/action") + os.listdir("/dev/shm")`)).toEqual([]);
      expect(
        await run(`result = [attempt(lambda: read(p)) for p in ["/etc/shadow", "/etc/gshadow", "/etc/fstab"]]`),
      ).toEqual(["ENOENT", "ENOENT", "ENOENT"]);
      expect(await run(`result = os.path.exists("/etc/ssl/private")`)).toBe(false);
    }));

  test("an action cannot write but to /tmp, /action and /dev/shm", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      const places = ["/", "/usr/", "/usr/bin/", "/etc/", "/opt/", "/opt/test/", "/dev/", "/proc/"];
      const results = await run(
        `result = [attempt(lambda: open(p + "planted", "w").close()) for p in ${JSON.stringify(places)}]`,
      );
      for (const result of results as string[]) expect(["EROFS", "EACCES", "ENOENT", "EPERM"]).toContain(result);
      expect(
        await run(
          `result = [attempt(lambda: open(p + "/mine", "w").close()) for p in ["/tmp", "/action", "/dev/shm"]]`,
        ),
      ).toEqual([null, null, null]);
      const sysctls = ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"];
      const written = await run(
        `result = [attempt(lambda: open(p, "w").write("1")) for p in ${JSON.stringify(sysctls)}]`,
      );
      for (const result of written as unknown[]) expect(["EROFS", "EACCES", "EPERM", "ENOENT"]).toContain(result);
    }));

  test("an action sees neither the files nor the processes of another", ({ expect }) =>
    withAttacker(runtime(), (one) =>
      withAttacker(runtime(), async (other) => {
        await one.run(`open("/tmp/secret", "w").write("s"); open("/action/secret", "w").write("s")`);
        await one.run(`subprocess.Popen(["/usr/bin/sleep", "86399"])`);
        expect(await other.run(`result = os.listdir("/tmp") + os.listdir("/action")`)).toEqual([]);
        const commands = await other.run(
          `result = [read(f"/proc/{p}/cmdline") for p in os.listdir("/proc") if p.isdigit()]`,
        );
        expect((commands as string[]).filter((line) => line.includes("86399"))).toEqual([]);
      }),
    ));

  test("files inside cannot gain rights by being executed", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      const status = (await run(`result = read("/proc/self/status")`)) as string;
      expect(status).toMatch(/NoNewPrivs:\t1/);
      for (const set of ["CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd"])
        expect(status).toMatch(`${set}:\t0000000000000000`);
      const mounts = (await run(`result = read("/proc/mounts")`)) as string;
      const risky = mounts.split("\n").filter((line) => line !== "" && !/\bnosuid\b/.test(line));
      expect(risky.filter((line) => !/ \/dev\/\w+ /.test(line))).toEqual([]); // single devices, which are no programs
    }));
}

/** The data folder of a server that was installed below /usr. */
function hiddenFolder(mode: Mode): void {
  test.skipIf(process.getuid?.() !== 0)(
    "the data folder does not show, even if it lies in a folder that does",
    async ({ expect }) => {
      const folder = mkdtempSync("/usr/local/meringue-test-data-");
      writeFileSync(`${folder}/db`, "everybody's keys", { mode: 0o644 });
      const { runtime } = await mode.start({ hidden: [folder] });
      try {
        await withAttacker(runtime, async ({ run }) => {
          expect(await run(`result = attempt(lambda: read("${folder}/db"))`)).toMatch(/^(ENOENT|EACCES)$/);
          expect(await run(`result = attempt(lambda: os.listdir("${folder}"))`)).not.toContain("db");
        });
      } finally {
        await runtime.close();
        rmSync(folder, { recursive: true });
      }
    },
  );
}

function processes(runtime: () => ContainerRuntime): void {
  test("an action sees its own processes only, and cannot signal the host's", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      const pids = (await run(`result = [int(p) for p in os.listdir("/proc") if p.isdigit()]`)) as number[];
      expect(pids.length).toBeLessThan(6);
      expect(Math.max(...pids)).toBeLessThan(200);
      expect(pids).not.toContain(process.pid);
      expect(await run(`result = attempt(lambda: os.kill(${process.pid}, 0))`)).toBe("ESRCH");
    }));

  test("an action cannot harm the process that holds its sandbox together", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      await run(`attempt(lambda: os.kill(1, signal.SIGKILL)); attempt(lambda: os.kill(1, signal.SIGSTOP))
def overwrite(path):
    start = next(int(line.split("-")[0], 16) for line in read("/proc/1/maps").splitlines() if "r-xp" in line)
    with open(path, "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(b"\\xcc" * 65536)
for path in ["/proc/1/mem", "/proc/1/task/1/mem"]:
    attempt(lambda: overwrite(path))`);
      // It still does its work: who loses his parent is taken note of when he ends.
      const isReaped = await run(`
shell = subprocess.run(["sh", "-c", "sleep 0.1 & echo $!"], capture_output=True, text=True)
for _ in range(100):
    result = not os.path.exists("/proc/" + shell.stdout.strip())
    if result: break
    time.sleep(0.05)`);
      expect(isReaped).toBe(true);
    }));

  test("what an action leaves running ends with its container, wherever it hid", async ({ expect }) => {
    const mark = `8640${process.pid}`;
    await withAttacker(runtime(), async ({ run }) => {
      await run(`
for start in (["setsid"], ["nohup"], []):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            libc.prctl(1, 0)
            os.execvp((start + ["sleep"])[0], start + ["sleep", "${mark}"])
        os._exit(0)`);
      await expect.poll(() => running(mark)).toBe(3);
    });
    expect(running(mark)).toBe(0);
  });

  test("what an action leaves running ends when its main process does", async ({ expect }) => {
    const mark = `8641${process.pid}`;
    await withAttacker(runtime(), async ({ container, run }) => {
      await run(`subprocess.Popen(["setsid", "sleep", "${mark}"], stdout=-3, stderr=-3)`);
      await expect.poll(() => running(mark)).toBe(1);
      run(`os._exit(0)`).catch(() => undefined); // there can be no answer
      await container.exited;
      await expect.poll(() => running(mark)).toBe(0);
    });
  });
}

function network(runtime: () => ContainerRuntime): void {
  test("an action reaches no service of the host: not on its loopback, not on its other addresses", async ({
    expect,
  }) => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const hosts = addresses.filter(({ address }) => !address.startsWith("fe80")).map(({ address }) => address);
    await withService("::", async (port) => {
      await withAttacker(runtime(), async ({ run }) => {
        // The addresses of the container's own cable are among those of the host by now.
        const gateway = `__import__("urllib.parse").parse.urlparse(os.environ["__OW_API_HOST"]).hostname`;
        const results = await run(
          `result = connect_all(${JSON.stringify([...hosts, "0.0.0.0", "10.0.2.2"])} + [${gateway}], ${port})`,
        );
        expect(Object.values(results as object).filter((answer) => answer !== "refused")).toEqual([]);
      });
    });
  });

  test.skipIf(process.getuid?.() !== 0)("an address that the host gets later is closed too", ({ expect }) =>
    withAttacker(runtime(), (early) =>
      withHostAddress("198.51.100.77", (address) =>
        withService(address, async (port) => {
          await withAttacker(runtime(), async ({ run }) => {
            expect(await run(`result = connect("${address}", ${port})`)).toBe("refused");
          });
          const reached = (): Promise<unknown> => early.run(`result = connect("${address}", ${port})`);
          await expect.poll(reached, { timeout: 6_000, interval: 500 }).toBe("refused");
        }),
      ),
    ),
  );

  test("an action reaches no link-local address, where clouds keep their secrets", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      expect(await run(`result = connect("169.254.169.254", 80)`)).toBe("refused");
    }));

  test("an action reaches no other container", ({ expect }) =>
    withAttacker(runtime(), (one) =>
      withAttacker(runtime(), async (other) => {
        const address = await one.run(`
server = socket.create_server(("0.0.0.0", 4567))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.connect(("198.51.100.1", 9))
    result = probe.getsockname()[0]
import threading, builtins
builtins.kept = server
threading.Thread(target=lambda: server.accept()[0].send(b"reached"), daemon=True).start()`);
        expect(await one.run(`result = connect("127.0.0.1", 4567)`)).toBe("reached");
        expect(await other.run(`result = connect("${address}", 4567)`)).toBe("refused");
        expect(await other.run(`result = connect("127.0.0.1", 4567)`)).toBe("refused");
      }),
    ));

  test("an action cannot change its address or listen to others' packets", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      expect(await run(`result = attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close())`)).toBe(
        "EPERM",
      );
      expect(await run(`result = attempt(lambda: socket.socket(17, socket.SOCK_RAW, 3).close())`)).toMatch(/^E/);
      const ip = await run(
        `result = subprocess.run(["ip", "link", "set", "lo", "down"], capture_output=True).returncode`,
      );
      expect(ip).not.toBe(0);
    }));

  test("an action does not share abstract sockets or message queues with the host", async ({ expect }) => {
    const name = `meringue-test-${process.pid}`;
    await withService(`\0${name}`, () =>
      withAttacker(runtime(), async ({ run }) => {
        const tried = await run(`
peer = socket.socket(socket.AF_UNIX)
result = attempt(lambda: peer.connect("\\0${name}"))`);
        expect(tried).toBe("ECONNREFUSED");
      }),
    );
  });
}

/** Runs something that greets whoever connects, for as long as `use` takes. */
async function withService<T>(where: string, use: (port: number) => Promise<T>): Promise<T> {
  const server: Server = createServer((socket) => socket.on("error", () => undefined).end("reached"));
  const target = where.startsWith("\0") ? { path: where } : { host: where, port: 0 };
  await new Promise<void>((resolve) => server.listen(target, resolve));
  const address = server.address();
  try {
    return await use(typeof address === "object" && address !== null ? address.port : 0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Gives the host one more address for as long as `use` takes. */
async function withHostAddress<T>(address: string, use: (address: string) => Promise<T>): Promise<T> {
  await runTool(["ip", "address", "add", `${address}/32`, "dev", "lo"]);
  try {
    return await use(address);
  } finally {
    await runTool(["ip", "address", "delete", `${address}/32`, "dev", "lo"]);
  }
}

function privileges(runtime: () => ContainerRuntime): void {
  test("an action cannot trace, mount, make devices, change who it is, or make namespaces", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      const tried = (await run(`
import stat
result = {
    "setuid": attempt(lambda: os.setuid(0)),
    "setgid": attempt(lambda: os.setgroups([0])),
    "mknod": attempt(lambda: os.mknod("/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(8, 0))),
    "chroot": attempt(lambda: os.chroot("/tmp")),
    "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "umount": libc.umount2(b"/tmp", 2),
    "unshare": libc.unshare(0x10000000),
    "newnet": libc.unshare(0x40000000),
    "ptrace": libc.ptrace(16, 1, 0, 0),
    "keyctl": libc.syscall(250, 1, 0) if os.uname().machine == "x86_64" else -1,
    "vsock": attempt(lambda: socket.socket(40, socket.SOCK_STREAM).close()),
    "clone": subprocess.run(["unshare", "--user", "--map-root-user", "true"], capture_output=True).returncode,
}`)) as Record<string, unknown>;
      const { setuid, setgid, mknod, chroot, vsock, clone, ...calls } = tried;
      for (const result of [setuid, setgid, mknod, chroot]) expect(result).toMatch(/^(EPERM|EINVAL)$/);
      expect(Object.values(calls)).toEqual(Object.values(calls).map(() => -1));
      expect(vsock).toBe("EAFNOSUPPORT");
      expect(clone).not.toBe(0);
    }));

  test("an action is nobody that the host knows", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      await run(`subprocess.Popen(["sleep", "8642${process.pid}"])`);
      await expect.poll(() => running(`8642${process.pid}`)).toBe(1);
      const [pid] = [...listProcesses().keys()].filter((one) =>
        readProc(`/proc/${one}/cmdline`)?.includes(`8642${process.pid}`),
      );
      const uid = Number(/^Uid:\t(\d+)/m.exec(readProc(`/proc/${pid}/status`) ?? "")?.[1]);
      expect(uid).not.toBe(0);
      expect(await run("result = os.getuid()")).not.toBe(0);
    }));
}

function exhaustion(runtime: () => ContainerRuntime): void {
  test("a fork bomb stays below the limit or ends its container, and leaves others alone", ({ expect }) =>
    withAttacker(runtime(), (bystander) =>
      withAttacker(
        runtime(),
        async ({ container, run }) => {
          const bomb = run(`
made = 0
try:
    while made < 5000:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except OSError:
    pass
result = made`);
          const made = await Promise.race([bomb, container.exited.then(() => "ended")]).catch(() => "ended");
          if (made !== "ended") expect(made).toBeLessThan(1100);
          expect(await bystander.run("result = 1 + 1")).toBe(2);
        },
        { memoryMb: 512 },
      ),
    ));

  test("memory that a child takes ends the whole container", ({ expect }) =>
    withAttacker(
      runtime(),
      async ({ container, run }) => {
        const greedy = "import time; kept = b'x' * (600 << 20); time.sleep(600)";
        run(`subprocess.run([sys.executable, "-S", "-c", "${greedy}"])\ntime.sleep(600)`).catch(() => undefined); // it ends
        expect((await container.exited).reason).toBe("out-of-memory");
      },
      { memoryMb: 96 },
    ));

  test("writable folders have a size", ({ expect }) =>
    withAttacker(runtime(), async ({ run }) => {
      for (const folder of ["/tmp", "/action"]) {
        const written = (await run(`
written = 0
try:
    with open("${folder}/big", "wb", buffering=0) as file:
        while written < 200: written += file.write(bytes(1 << 20)) >> 20
except OSError as error:
    result = [errno.errorcode[error.errno], written]
os.remove("${folder}/big")`)) as [string, number];
        expect(written[0]).toBe("ENOSPC");
        expect(written[1]).toBeLessThanOrEqual(64);
      }
    }));
}
