import { imageSuite } from "../conformance/image-suite.ts";
import { rubyConformance } from "../conformance/ruby-suite.ts";

for (const version of ["3.1", "3.3"]) {
  await imageSuite(`action-ruby-v${version}`, (start) => rubyConformance("ruby", start));
}
