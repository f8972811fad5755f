import { imageSuite } from "../conformance/image-suite.ts";
import { typescriptConformance } from "../conformance/typescript-suite.ts";

await imageSuite("action-typescript-v24", (start) => typescriptConformance("typescript", start, undefined));
