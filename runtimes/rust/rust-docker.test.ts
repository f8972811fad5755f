import { exportConformance } from "../conformance/image-export.ts";
import { imageSuite } from "../conformance/image-suite.ts";
import { RUST_COMMON } from "../conformance/rust-samples.ts";
import { rustConformance } from "../conformance/rust-suite.ts";

const IMAGE = "action-rust-v1.85";

await imageSuite(IMAGE, (start) => {
  rustConformance("rust", start);
  exportConformance(IMAGE, start, RUST_COMMON.otherMain);
});
