import { ContainerGone, ContainerStartFailed } from "@meringue/core";
import { describe, test } from "vitest";
import { type FakeAnswer, notFound } from "./fake-engine.ts";
import { playedRuntime, spec } from "./played-runtime.ts";

const NO_IMAGE = { status: 404, body: { message: "No such image: x:latest" } } as const;
const EXEC_FAILED =
  'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/no": stat /no: no such file or directory: unknown';
const EXEC_FAILED_IN_20_10 =
  'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "no": executable file not found in $PATH: unknown';
const RUNC_MISSING =
  'failed to create shim: OCI runtime create failed: unable to retrieve OCI runtime error (open log.json: no such file or directory): runc did not terminate successfully: exec: "runc": executable file not found in $PATH: unknown';

async function failure(creation: Promise<unknown>): Promise<ContainerStartFailed> {
  const error = await creation.then(
    () => new Error("it started"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ContainerStartFailed)) throw error;
  return error;
}

describe("a container that cannot be created", () => {
  test("for want of a platform's image is the host's fault", async ({ expect }) => {
    await using world = await playedRuntime({ "POST /containers/create": () => NO_IMAGE });
    const error = await failure(world.runtime.create(spec()));
    expect(error).toMatchObject({ fault: "host" });
    expect(error.message).toContain("image meringue/action-nodejs-v24 is not on this machine");
    expect(world.engine.calls.filter(({ what }) => what === "POST /images/create")).toEqual([]);
  });

  test("because the registry has no such image is its developer's fault", async ({ expect }) => {
    await using world = await playedRuntime({
      "POST /containers/create": () => NO_IMAGE,
      "POST /images/create": () => ({ body: { error: "pull access denied for me/x" } }),
    });
    const error = await failure(world.runtime.create(spec({ image: "me/x", pull: "if-absent" })));
    expect(error).toMatchObject({ fault: "image" });
    expect(error.message).toMatch(/^Failed to pull container image 'me\/x'.*pull access denied/);
  });

  test("because its name is none is its developer's fault", async ({ expect }) => {
    const answer = { status: 400, body: { message: "invalid reference format" } };
    await using world = await playedRuntime({ "POST /containers/create": () => answer });
    expect(await failure(world.runtime.create(spec({ image: "a b", pull: "if-absent" })))).toMatchObject({
      fault: "image",
    });
  });

  test("because its image says no command is its developer's fault", async ({ expect }) => {
    const answer = { status: 400, body: { message: "No command specified" } };
    await using world = await playedRuntime({ "POST /containers/create": () => answer });
    expect(await failure(world.runtime.create(spec()))).toMatchObject({ fault: "command" });
  });

  test("for any other reason is the host's fault, in the engine's words", async ({ expect }) => {
    const answer = { status: 500, body: { message: "no space left on device" } };
    await using world = await playedRuntime({ "POST /containers/create": () => answer });
    expect(await failure(world.runtime.create(spec()))).toMatchObject({
      fault: "host",
      message: "no space left on device",
    });
  });

  test("because the engine went away is the host's fault", async ({ expect }) => {
    await using world = await playedRuntime({ "POST /containers/create": () => "drop" });
    const error = await failure(world.runtime.create(spec()));
    expect(error).toMatchObject({ fault: "host" });
    expect(error.message).toContain("did not answer POST /containers/create");
  });
});

describe("a container that cannot be started", () => {
  test.for([
    ["its command is not in the image", 400, EXEC_FAILED, "command"],
    ["its command is not in the image, in Docker 20.10's words", 400, EXEC_FAILED_IN_20_10, "command"],
    ["the engine itself is incomplete", 400, RUNC_MISSING, "host"],
    ["its address is taken", 403, "Address already in use", "host"],
  ] as const)("because %s is removed, and the fault is told", async ([, status, message, fault], { expect }) => {
    await using world = await playedRuntime({ "POST /containers/:name/start": () => ({ status, body: { message } }) });
    const error = await failure(world.runtime.create(spec({ image: "me/x" })));
    expect(error).toMatchObject({ fault });
    expect(error.message).toContain(message);
    expect(world.engine.calls.at(-1)?.what).toBe("DELETE /containers/:name");
  });

  test("because nobody waits for it any more is removed", async ({ expect }) => {
    const caller = new AbortController();
    await using world = await playedRuntime({
      "POST /containers/:name/start": () => {
        caller.abort(new Error("the activation was cancelled"));
        return { status: 204 };
      },
    });
    const error = await failure(world.runtime.create(spec(), caller.signal));
    expect(error).toMatchObject({ fault: "host", message: "the activation was cancelled" });
    expect(world.engine.calls.at(-1)?.what).toBe("DELETE /containers/:name");
  });
});

describe("an engine that does not answer", () => {
  const timeouts = { callMs: 50, removeMs: 50, pauseMs: 50 };

  test("ends a creation in time, which is undone as soon as it answers again", async ({ expect }) => {
    let frozen = true;
    const unlessFrozen = (answer: FakeAnswer): FakeAnswer => (frozen ? "hang" : answer);
    await using world = await playedRuntime(
      {
        "POST /containers/create": () => unlessFrozen({ status: 201, body: { Id: "id1" } }),
        "DELETE /containers/:name": () => unlessFrozen({ status: 204 }),
      },
      { timeouts },
    );
    const error = await failure(world.runtime.create(spec()));
    expect(error).toMatchObject({ fault: "host" });
    expect(error.message).toContain("no answer within 50 ms");
    frozen = false;
    await world.engine.asked(/^DELETE \/containers/);
  });

  test("makes pausing and resuming fail as for a container that is gone", async ({ expect }) => {
    await using world = await playedRuntime({ "POST /containers/:name/pause": () => "hang" }, { timeouts });
    const container = await world.runtime.create(spec());
    const pause = container.pause();
    await expect(pause).rejects.toThrow(ContainerGone);
    await expect(pause).rejects.toThrow("no answer within 50 ms");
  });

  test("makes a removal fail in time, and it is done later", async ({ expect }) => {
    let frozen = true;
    await using world = await playedRuntime(
      { "DELETE /containers/:name": () => (frozen ? "hang" : { status: 204 }) },
      { timeouts },
    );
    const container = await world.runtime.create(spec());
    await expect(container.remove()).rejects.toThrow("no answer within 50 ms");
    frozen = false;
    expect(await container.exited).toEqual({ reason: "exited", code: null });
  });
});

describe("a container that has ended", () => {
  test.for([
    [0, false, { reason: "exited", code: 0 }],
    [3, false, { reason: "exited", code: 3 }],
    [137, false, { reason: "exited", code: null }],
    [137, true, { reason: "out-of-memory", code: null }],
  ] as const)("with status %i, out of memory: %s, tells so", async ([StatusCode, OOMKilled, exit], { expect }) => {
    await using world = await playedRuntime({
      "POST /containers/:name/wait": () => ({ body: { StatusCode } }),
      "GET /containers/:name/json": () => ({ body: { State: { OOMKilled } } }),
    });
    const container = await world.runtime.create(spec());
    expect(await container.exited).toEqual(exit);
    await expect(container.resume()).rejects.toThrow(ContainerGone);
  });

  test("is noticed although the connection to the engine broke", async ({ expect }) => {
    let asked = 0;
    await using world = await playedRuntime({
      "POST /containers/:name/wait": () => (++asked === 1 ? "drop" : { body: { StatusCode: 0 } }),
    });
    const container = await world.runtime.create(spec());
    expect(await container.exited).toEqual({ reason: "exited", code: 0 });
  });

  test("and was removed by somebody else tells so, and can still be removed", async ({ expect }) => {
    await using world = await playedRuntime({
      "POST /containers/:name/wait": () => notFound("container"),
      "DELETE /containers/:name": () => notFound("container"),
    });
    const container = await world.runtime.create(spec());
    expect(await container.exited).toEqual({ reason: "exited", code: null });
    await container.remove();
    await container.remove();
  });
});
