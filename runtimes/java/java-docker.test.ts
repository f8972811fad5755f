import { describe, test } from "vitest";
import { findJava } from "../catalogue/find-java.ts";
import { imageTarget, whyNoImage } from "../conformance/image-target.ts";
import { javaConformance, javaSamples } from "../conformance/java-suite.ts";

const IMAGE = "meringue/action-java-v17:latest";
const java = findJava(process.env);
const why = typeof java === "string" ? java : await whyNoImage(IMAGE);

if (why !== undefined || typeof java === "string") {
  describe("java in its image", () =>
    test.skip("keeps its contract (if a Docker engine has the image, and Java is here)", () => undefined));
} else {
  javaConformance("java in its image", imageTarget(IMAGE), await javaSamples(java));
}
