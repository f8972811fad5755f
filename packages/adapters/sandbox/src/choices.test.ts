import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, test } from "vitest";
import { withAttacker } from "./fixtures/attacker.ts";
import { codeLauncher } from "./fixtures/code-talk.ts";
import { anyOwner } from "./fixtures/modes.ts";
import { recordingEntrance } from "./fixtures/recording-entrance.ts";
import { hostNames } from "./host-names.ts";
import { hostTools } from "./host-tools.ts";
import { sandboxRuntime } from "./index.ts";
import { vethNetwork } from "./network-veth.ts";

const lacking =
  process.platform !== "linux"
    ? "this is not Linux"
    : process.getuid?.() !== 0
      ? "tests do not run as root"
      : ["bwrap", "ip", "iptables", "nft"].find((tool) => hostTools().find(tool) === undefined);

/** A search path on which everything of the host is found but what is named. */
async function without<T>(names: RegExp, use: (toolPath: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(`${tmpdir()}/tools-`);
  try {
    const found = new Map(
      ["/usr/sbin", "/usr/bin"].flatMap((source) => readdirSync(source).map((name) => [name, `${source}/${name}`])),
    );
    for (const [name, path] of found) if (!names.test(name)) symlinkSync(path, `${folder}/${name}`);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function lines(toolPath: string, more: object = {}): Promise<{ level: string; text: string; answer: unknown }> {
  const entrance = recordingEntrance();
  const runtime = await sandboxRuntime({
    ownerId: anyOwner(),
    entrance,
    launchers: () => codeLauncher,
    networkPool: 1,
    toolPath,
    ...more,
  });
  try {
    const answer = await withAttacker(runtime, ({ run }) => run("result = 6 * 7"));
    return { level: runtime.isolation.level, text: runtime.isolation.lines.join("\n"), answer };
  } finally {
    await runtime.close();
  }
}

describe.skipIf(lacking !== undefined)(`what is chosen${lacking ? ` (skipped: ${lacking})` : ""}`, () => {
  test("is unshare where bubblewrap is not installed, and the reason is not a failure", async ({ expect }) => {
    const { level, text, answer } = await without(/^bwrap$/, lines);
    expect(answer).toBe(42);
    expect(text).toContain("(unshare; bubblewrap would be faster)");
    expect(level).toBe("full");
  });

  test("is nft where iptables is not installed", async ({ expect }) => {
    const { level, text, answer } = await without(/^(ip|eb|arp|x)tables/, lines);
    expect(answer).toBe(42);
    expect(text).toContain("by nft");
    expect(level).toBe("full");
  });

  test("is the host's network, and that is said, where nothing can make another", async ({ expect }) => {
    const { level, text, answer } = await without(/tables|^nft$|^pasta|^passt|^slirp4netns$/, lines);
    expect(answer).toBe(42);
    expect(text).toContain("network: shared with this host");
    expect(text).toContain("no own namespace by veth: iptables is not installed; nft is not installed");
    expect(text).toContain("no own namespace by pasta: pasta is not installed");
    expect(level).toBe("partial");
  });

  test("is plain processes, with every reason, where namespaces cannot be had", async ({ expect }) => {
    const { level, text, answer } = await without(/^(bwrap|unshare)$/, lines);
    expect(answer).toBe(42);
    expect(level).toBe("none");
    expect(text).toContain("actions run as plain processes");
    expect(text).toMatch(
      /no sandbox by bwrap: bwrap is not installed\n.*no sandbox by unshare: unshare is not installed/,
    );
  });

  test("that was forced and cannot be had is an error", async ({ expect }) => {
    await expect(without(/^bwrap$/, (path) => lines(path, { force: { tool: "bwrap" } }))).rejects.toThrow(
      "not installed",
    );
  });

  test("the rules of nft keep the host's services away from containers", async ({ expect }) => {
    await without(/^(ip|eb|arp|x)tables/, async (toolPath) => {
      const entrance = recordingEntrance();
      const runtime = await sandboxRuntime({
        ownerId: anyOwner(),
        entrance,
        launchers: () => codeLauncher,
        networkPool: 1,
        toolPath,
      });
      const other = await entrance.open("0.0.0.0", 0, () => undefined);
      try {
        await withAttacker(runtime, async ({ run }) => {
          const host = (path: string): string =>
            `__import__("urllib.parse").parse.urlparse(os.environ["__OW_API_HOST"]).${path}`;
          expect(await run(`result = connect(${host("hostname")}, ${other.port})`)).toBe("refused");
          expect(
            await run(`import urllib.request; result = urllib.request.urlopen(os.environ["__OW_API_HOST"]).status`),
          ).toBe(200);
        });
      } finally {
        await other.close();
        await runtime.close();
      }
    });
  });

  test("a network has room for many containers at once", async ({ expect }) => {
    const names = hostNames(anyOwner());
    const network = await vethNetwork(names, hostTools(), recordingEntrance());
    try {
      const places = [];
      for (let count = 0; count < 40; count += 1) places.push(await network.take());
      expect(new Set(places.map(({ enter }) => enter.join(" "))).size).toBe(40);
    } finally {
      await network.close();
    }
    expect(readdirSync("/run/netns").filter((name) => name.startsWith(`mg${names.owner}`))).toEqual([]);
  });
});
