import { imageSuite } from "../conformance/image-suite.ts";
import { nativeConformance } from "../conformance/native-suite.ts";

await imageSuite("dockerskeleton", (start) => nativeConformance("native", start));
