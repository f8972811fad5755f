import { commonConformance } from "../conformance/common-suite.ts";
import { imageSuite } from "../conformance/image-suite.ts";
import { pythonConformance, pythonSamples } from "../conformance/python-suite.ts";

for (const version of ["3.11", "3.14"]) {
  await imageSuite(`action-python-v${version}`, (start) => pythonConformance("python", start));
}
await imageSuite("action-python-v3.13", (start) => commonConformance("python", start, pythonSamples));
