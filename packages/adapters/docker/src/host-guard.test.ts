import { execFileSync } from "node:child_process";
import { describe, test } from "vitest";
import { FIREWALLS, type Firewall, guardHost } from "./host-guard.ts";

const RULES_OF: Readonly<Record<string, readonly string[]>> = { nft: ["list", "ruleset"], iptables: ["-w", "-S"] };
const root = process.getuid?.() === 0;

/** All rules that a tool lists, undefined when it cannot. */
function rules(tool: string): string | undefined {
  try {
    return execFileSync(tool, [...(RULES_OF[tool] ?? [])], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}

/** An interface that does not exist, of a name that no other test uses. */
function newHost(): { bridge: string; gateway: string; port: number } {
  return { bridge: `mrg${Math.random().toString(16).slice(2, 12).padEnd(10, "0")}`, gateway: "192.0.2.77", port: 4711 };
}

describe.for(FIREWALLS.map((firewall) => [firewall.tool, firewall] as const))("rules put by %s", ([tool, firewall]) => {
  const unusable = !root || rules(tool) === undefined;

  test.skipIf(unusable)(
    "let the API through, and go without a trace (if it works here, as root)",
    async ({ expect }) => {
      const host = newHost();
      const guard = await guardHost(host, [firewall]);
      expect(guard).toMatchObject({
        closed: true,
        line: expect.stringContaining(`192.0.2.77:4711 (the API) and nothing else`) as unknown,
      });
      expect(rules(tool)).toMatch(/192\.0\.2\.77.*4711/);
      await guard.remove();
      expect(rules(tool)).not.toContain(host.bridge);
    },
  );

  test.skipIf(unusable)("take the place of an earlier process's (if it works here, as root)", async ({ expect }) => {
    const host = newHost();
    await guardHost(host, [firewall]);
    const count = rules(tool)?.split(host.bridge).length;
    const guard = await guardHost({ ...host, port: 4712 }, [firewall]);
    expect(rules(tool)?.split(host.bridge).length).toBe(count);
    expect(rules(tool)).toContain("4712");
    await guard.remove();
  });
});

describe("a host", () => {
  const failing: Firewall = {
    tool: "nft",
    put: () => Promise.reject(Object.assign(new Error("spawn nft ENOENT"), { code: "ENOENT" })),
    remove: async () => {},
  };

  test.skipIf(!root)("whose first firewall does not work gets the next one (as root)", async ({ expect }) => {
    const put: string[] = [];
    const working: Firewall = {
      tool: "other",
      put: async ({ bridge }) => void put.push(bridge),
      remove: async () => {},
    };
    expect(await guardHost(newHost(), [failing, working])).toMatchObject({ closed: true });
    expect(put).toHaveLength(1);
  });

  test("without any firewall is told so, and why", async ({ expect }) => {
    const guard = await guardHost(newHost(), [failing]);
    expect(guard.closed).toBe(false);
    expect(guard.line).toMatch(/no firewall rules, (nft: not installed|that takes root)$/);
    await guard.remove();
  });
});
