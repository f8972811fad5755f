import { GO_COMMON } from "../conformance/go-samples.ts";
import { goConformance } from "../conformance/go-suite.ts";
import { exportConformance } from "../conformance/image-export.ts";
import { imageSuite } from "../conformance/image-suite.ts";

const IMAGE = "action-golang-v1.24";

await imageSuite(IMAGE, (start) => {
  goConformance("go", start);
  exportConformance(IMAGE, start, GO_COMMON.otherMain);
});
