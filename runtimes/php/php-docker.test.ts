import { describe } from "vitest";
import { caseSuite } from "../conformance/cases.ts";
import { imageTarget, whyNoImage } from "../conformance/image-target.ts";
import { phpPipedCases } from "../conformance/php-source-cases.ts";
import { phpConformance } from "../conformance/php-suite.ts";

const IMAGE = "meringue/action-php-v8.2:latest";
const why = await whyNoImage(IMAGE);

describe.skipIf(why !== undefined)("in a container (if a Docker engine has the image)", () => {
  phpConformance("php", imageTarget(IMAGE));
  caseSuite("php, whose streams are pipes,", imageTarget(IMAGE), phpPipedCases);
});
