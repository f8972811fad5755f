import { containerRuntimeContract, NODE_WISHES } from "@meringue/testkit";
import { describe } from "vitest";
import { dockerRuntime } from "../src/index.ts";
import { callerTellingEntrance } from "./caller-telling-entrance.ts";
import { IMAGE, newOwner, post, SOCKET_PATH, whyNoContainers } from "./real-engine.ts";

const why = await whyNoContainers();

describe.skipIf(why !== undefined)("the contract (if a Docker engine answers and has our images)", () => {
  containerRuntimeContract("docker", async () => {
    const entrance = callerTellingEntrance();
    const runtime = await dockerRuntime({ ownerId: newOwner(), socketPath: SOCKET_PATH, entrance });
    return {
      runtime,
      runnable: { kind: "nodejs:24", image: IMAGE },
      callers: () => entrance.callers,
      async talk(container) {
        const value = { name: "wishes", main: "main", binary: false, code: NODE_WISHES, env: null };
        await post(container, "/init", { value }, true);
        return {
          wish: async (wish) =>
            (await post(container, "/run", { value: wish }, false)) as Readonly<Record<string, unknown>>,
        };
      },
      close: () => runtime.close(),
    };
  });
});
