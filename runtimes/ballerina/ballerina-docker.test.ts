import { describe } from "vitest";
import { BALLERINA_OLDEST_MAJOR } from "../catalogue/ballerina-launcher.ts";
import { findJdks } from "../catalogue/find-java.ts";
import { ballerinaConformance, ballerinaPrograms } from "../conformance/ballerina-suite.ts";
import { imageSuite } from "../conformance/image-suite.ts";

const jdks = findJdks(process.env, BALLERINA_OLDEST_MAJOR);

// What is uploaded is compiled here.
if (jdks.length === 0) describe.skip("ballerina in its image (no JDK)");
else {
  const programs = await ballerinaPrograms(jdks);
  await imageSuite("action-ballerina-v2201", (start) => ballerinaConformance("ballerina", start, programs));
}
