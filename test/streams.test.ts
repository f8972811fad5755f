import { describe } from "vitest";
import { streamsSuite } from "./streams-suite.ts";

describe("a web action that streams, in the sandbox", () => streamsSuite(["--containers", "sandbox"]));
