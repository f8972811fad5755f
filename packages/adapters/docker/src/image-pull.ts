import { createInterface } from "node:readline";
import { ContainerStartFailed } from "@meringue/core";
import { type EngineClient, EngineError } from "./engine-client.ts";

/** Fetches images; calls for one image at a time share one pull. */
export interface ImagePuller {
  /** @throws ContainerStartFailed with fault `image` when the registry has no such image, or cannot be reached. */
  pull(image: string): Promise<void>;
}

/** @param timeoutMs how long one pull may take */
export function imagePuller(engine: EngineClient, timeoutMs: number): ImagePuller {
  const running = new Map<string, Promise<void>>();
  return {
    pull(image) {
      const shared = running.get(image);
      if (shared !== undefined) return shared;
      const pull = pullOnce(engine, image, timeoutMs).finally(() => running.delete(image));
      running.set(image, pull);
      return pull;
    },
  };
}

/** Whether an image reference says nothing more precise than "the latest": then an old copy will not do. */
export function wantsLatest(image: string): boolean {
  const { tag } = splitReference(image);
  return tag === "latest";
}

async function pullOnce(engine: EngineClient, image: string, timeoutMs: number): Promise<void> {
  const { name, tag } = splitReference(image);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const path = `/images/create?fromImage=${encodeURIComponent(name)}&tag=${encodeURIComponent(tag)}`;
    const progress = await engine.open("POST", path, { signal });
    // The answer is 200 as soon as the pull begins: how it ended is told by the last of its lines.
    for await (const line of createInterface({ input: progress })) {
      const { error } = JSON.parse(line) as { error?: string };
      if (error !== undefined) throw new EngineError(500, error);
    }
  } catch (error) {
    const why = signal.aborted ? `not done within ${timeoutMs} ms` : (error as Error).message;
    throw new ContainerStartFailed("image", `Failed to pull container image '${image}': ${why}`, { cause: error });
  }
}

/** The engine pulls all tags of a name that comes without one. A digest takes the tag's place. */
function splitReference(image: string): { name: string; tag: string } {
  const [name = "", digest] = image.split("@");
  if (digest !== undefined) return { name: name.replace(/:[^:/]*$/, ""), tag: digest };
  const colon = name.lastIndexOf(":");
  if (colon <= name.lastIndexOf("/")) return { name, tag: "latest" };
  return { name: name.slice(0, colon), tag: name.slice(colon + 1) };
}
