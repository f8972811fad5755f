import { describe } from "vitest";
import { streamsSuite } from "./streams-suite.ts";

describe.skipIf(process.env["DOCKER_HOST"] === undefined)(
  "a web action that streams, in Docker (needs DOCKER_HOST)",
  () => streamsSuite(["--containers", "docker"]),
);
