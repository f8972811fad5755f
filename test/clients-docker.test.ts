import { describe } from "vitest";
import { clientsSuite } from "./clients-suite.ts";

describe.skipIf(process.env["DOCKER_HOST"] === undefined)(
  "npm openwhisk, unchanged, with actions in Docker (needs DOCKER_HOST)",
  () => clientsSuite(["--containers", "docker"]),
);
