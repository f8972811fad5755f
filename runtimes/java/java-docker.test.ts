import { describe } from "vitest";
import { findJava } from "../catalogue/find-java.ts";
import { imageTarget, whyNoImage } from "../conformance/image-target.ts";
import { javaConformance, javaSamples } from "../conformance/java-suite.ts";

const IMAGE = "meringue/action-java-v17:latest";
const java = findJava(process.env);
const why = await whyNoImage(IMAGE);

// What is uploaded is compiled here.
if (typeof java === "string") describe.skip(`java in its image (${java})`);
else {
  const samples = await javaSamples(java);
  describe.skipIf(why !== undefined)("in a container (if a Docker engine has the image)", () => {
    javaConformance("java", imageTarget(IMAGE), samples);
  });
}
