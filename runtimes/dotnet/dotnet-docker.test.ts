import { describe } from "vitest";
import { findDotnet } from "../catalogue/find-dotnet.ts";
import { dotnetConformance, dotnetSamples } from "../conformance/dotnet-suite.ts";
import { imageSuite } from "../conformance/image-suite.ts";

const dotnet = findDotnet(process.env);

// What is uploaded is compiled here.
if (typeof dotnet === "string") describe.skip(`dotnet in its image (${dotnet})`);
else {
  const samples = await dotnetSamples(dotnet);
  await imageSuite("action-dotnet-v8.0", (start) => dotnetConformance("dotnet", start, samples));
}
