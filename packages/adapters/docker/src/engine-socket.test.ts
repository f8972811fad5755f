import { describe, test } from "vitest";
import { fakeEngine } from "../test/fake-engine.ts";
import { dockerUnavailable, engineSocketPath } from "./engine-socket.ts";

describe("DOCKER_HOST", () => {
  test("names the socket, which is /var/run/docker.sock otherwise", ({ expect }) => {
    expect(engineSocketPath("unix:///run/user/1000/docker.sock")).toBe("/run/user/1000/docker.sock");
    expect(engineSocketPath(undefined)).toBe("/var/run/docker.sock");
    expect(engineSocketPath("")).toBe("/var/run/docker.sock");
  });

  test("of another machine is refused, since its containers would not be here", ({ expect }) => {
    expect(() => engineSocketPath("tcp://10.0.0.7:2375")).toThrow("DOCKER_HOST must be unix:///PATH");
  });
});

describe("looking for an engine", () => {
  test("finds one that is recent enough", async ({ expect }) => {
    await using engine = await fakeEngine();
    expect(await dockerUnavailable(engine.socketPath)).toBeUndefined();
  });

  test("says where there is none", async ({ expect }) => {
    expect(await dockerUnavailable("/nowhere/docker.sock")).toContain("/nowhere/docker.sock did not answer");
  });

  test("says when one is too old", async ({ expect }) => {
    await using engine = await fakeEngine({ "GET /version": () => ({ body: { ApiVersion: "1.39" } }) });
    expect(await dockerUnavailable(engine.socketPath)).toContain("it speaks API 1.39, and at least 1.41");
  });

  test("says when something else answers", async ({ expect }) => {
    await using engine = await fakeEngine({ "GET /version": () => ({ body: "hello" }) });
    expect(await dockerUnavailable(engine.socketPath)).toContain("no usable Docker engine");
  });
});
