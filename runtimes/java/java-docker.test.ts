import { describe } from "vitest";
import { findJava } from "../catalogue/find-java.ts";
import { imageSuite } from "../conformance/image-suite.ts";
import { javaCommonConformance, javaConformance, javaSamples } from "../conformance/java-suite.ts";

const java = findJava(process.env);

// What is uploaded is compiled here.
if (typeof java === "string") describe.skip(`java in its images (${java})`);
else {
  const samples = await javaSamples(java);
  for (const major of [8, 25]) {
    await imageSuite(`action-java-v${major}`, (start) => javaConformance("java", start, samples));
  }
  for (const major of [11, 17, 21]) {
    await imageSuite(`action-java-v${major}`, (start) => javaCommonConformance("java", start, samples.jar));
  }
}
