import { spawnSync } from "node:child_process";
import { describe, test } from "vitest";

function nginx(...flags: readonly string[]) {
  const main = `${import.meta.dirname}/main.ts`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...flags], { encoding: "utf8", env: {} });
  return { status, stdout, stderr };
}

describe("`meringue nginx`", () => {
  test("prints the configuration for the controllers that are named", ({ expect }) => {
    const { status, stdout } = nginx(
      "--controllers",
      "a:1,b:2",
      "--web-host",
      "fn.example",
      "--tls-certificate",
      "/c",
      "--tls-key",
      "/k",
    );
    expect(status).toBe(0);
    for (const line of [
      "server a:1 max_fails=0;",
      "server b:2 max_fails=0;",
      "server_name *.fn.example;",
      "listen 443 ssl default_server;",
    ]) {
      expect(stdout).toContain(line);
    }
  });

  test("refuses a certificate without its key", ({ expect }) => {
    expect(nginx("--tls-certificate", "/c")).toMatchObject({ status: 2, stderr: expect.stringMatching(/go together/) });
  });
});
