import { caseSuite } from "../conformance/cases.ts";
import { imageSuite } from "../conformance/image-suite.ts";
import { phpPipedCases } from "../conformance/php-source-cases.ts";
import { phpConformance } from "../conformance/php-suite.ts";

for (const version of ["8.2", "8.4"]) {
  await imageSuite(`action-php-v${version}`, (start) => {
    phpConformance("php", start);
    caseSuite("php, whose streams are pipes,", start, phpPipedCases);
  });
}
