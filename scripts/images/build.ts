import type { EngineClient } from "../../packages/adapters/docker/src/engine-client.ts";
import { follow } from "./base.ts";
import type { ImageRecipe } from "./list.ts";
import { tarOf } from "./run.ts";

/**
 * @param context the folder with the Dockerfile and all that it copies
 * @param base the image that it begins with
 */
export async function buildImage(
  engine: EngineClient,
  image: ImageRecipe,
  context: string,
  base: string,
): Promise<void> {
  const query = new URLSearchParams({
    buildargs: JSON.stringify({ BASE: base, ...image.args }),
    networkmode: "host", // an engine may have no bridge of its own
    rm: "true",
    forcerm: "true",
  });
  for (const tag of image.tags) query.append("t", tag);
  await follow(await engine.open("POST", `/build?${query}`, { upload: tarOf(context) }));
}
