import { describe } from "vitest";
import { clientsSuite } from "./clients-suite.ts";

describe("npm openwhisk, unchanged, with actions in the sandbox", () => clientsSuite(["--containers", "sandbox"]));
