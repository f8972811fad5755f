import { describe } from "vitest";
import { imageTarget, whyNoImage } from "./image-target.ts";
import type { StartTarget } from "./target.ts";

/** Some tests start several containers, one after the other. */
const TIMEOUT_MS = 90_000;

/**
 * A table against one of our images: skipped where no Docker engine has it.
 * @param name of the image, without prefix and tag
 */
export async function imageSuite(name: string, define: (start: StartTarget) => void): Promise<void> {
  const image = `meringue/${name}:latest`;
  const why = await whyNoImage(image);
  describe.skipIf(why !== undefined)(
    `${name} in a container (if a Docker engine has the image)`,
    { timeout: TIMEOUT_MS },
    () => {
      define(imageTarget(image));
    },
  );
}
