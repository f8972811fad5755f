import { commonConformance } from "../conformance/common-suite.ts";
import { imageSuite } from "../conformance/image-suite.ts";
import { nodejsConformance, nodejsSamples } from "../conformance/nodejs-suite.ts";
import { streamingConformance } from "../conformance/streaming-suite.ts";

for (const major of [18, 26]) {
  await imageSuite(`action-nodejs-v${major}`, (start) => {
    nodejsConformance("nodejs", start);
    streamingConformance("nodejs", start);
  });
}
for (const major of [20, 22, 24]) {
  await imageSuite(`action-nodejs-v${major}`, (start) => commonConformance("nodejs", start, nodejsSamples));
}
