import { EngineError, engineClient, negotiateVersion } from "./engine-client.ts";

const CALL_TIMEOUT_MS = 10_000;
const NOT_FOUND = 404;

/**
 * Which of some images an engine has, without pulling any.
 * @throws EngineError when the engine cannot be asked
 */
export async function presentImages(socketPath: string, images: readonly string[]): Promise<ReadonlySet<string>> {
  const engine = engineClient(socketPath);
  try {
    await negotiateVersion(engine, CALL_TIMEOUT_MS);
    const found = await Promise.all(
      images.map(async (image) => {
        try {
          await engine.call("GET", `/images/${encodeURIComponent(image)}/json`, { timeoutMs: CALL_TIMEOUT_MS });
          return [image];
        } catch (error) {
          if (error instanceof EngineError && error.status === NOT_FOUND) return [];
          throw error;
        }
      }),
    );
    return new Set(found.flat());
  } finally {
    await engine.close();
  }
}
