import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, test } from "vitest";
import { nameServers, resolvConf } from "./name-servers.ts";

function withFiles<T>(texts: readonly string[], use: (paths: string[]) => T): T {
  const folder = mkdtempSync(`${tmpdir()}/name-servers-`);
  try {
    const paths = texts.map((_, index) => `${folder}/${index}`);
    texts.forEach((text, index) => writeFileSync(`${folder}/${index}`, text));
    return use([...paths, `${folder}/absent`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("name servers for sandboxes", () => {
  test("are the host's own, with its search list", ({ expect }) => {
    const found = withFiles(
      ["# made by hand\nnameserver 192.0.2.53\nsearch example.org\noptions ndots:2\n"],
      nameServers,
    );
    expect(resolvConf(found.addresses, found.otherLines)).toBe(
      "nameserver 192.0.2.53\nsearch example.org\noptions ndots:2\n",
    );
  });

  test("are those that the host's resolver asks, when that listens on loopback", ({ expect }) => {
    const found = withFiles(
      ["nameserver 127.0.0.53\n", "nameserver 198.51.100.1\nnameserver 2001:db8::1\n"],
      nameServers,
    );
    expect(found).toMatchObject({ addresses: ["198.51.100.1"], onlyLocal: false });
  });

  test("are none, and that is said, when the host knows only itself", ({ expect }) => {
    expect(withFiles(["nameserver 127.0.0.1\n"], nameServers)).toMatchObject({ addresses: [], onlyLocal: true });
  });
});
