import { describe } from "vitest";
import { imageTarget, whyNoImage } from "../conformance/image-target.ts";
import { rubyConformance } from "../conformance/ruby-suite.ts";

const IMAGE = "meringue/action-ruby-v3.1:latest";
const why = await whyNoImage(IMAGE);

describe.skipIf(why !== undefined)("in a container (if a Docker engine has the image)", () => {
  rubyConformance("ruby", imageTarget(IMAGE));
});
