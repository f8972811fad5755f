import { type ActivationMessage, type BuildCache, type Container, mayBeBuilt, underWay } from "@meringue/core";
import { buildKey } from "./build-key.ts";

/** The longest build that a runtime may hand out, in characters of base64. */
export const MAX_BUILD_LENGTH = 32 * 1024 * 1024;

/** What a container is initialised with. */
export interface Upload {
  /** As `/init` takes it; undefined for an image without code. */
  readonly code: string | undefined;
  /** Whether that is what a runtime made of the action's code before, as base64 of a zip. */
  readonly built: boolean;
  /** Whether the runtime is to hand out what it makes of the code. */
  readonly wantsBuild: boolean;
  /** To be told the body of the answer once the container is initialised. */
  initialised(body: string): void;
  /** To be told that it could not be. */
  failed(): void;
}

/** Spares containers the building of what was built before. */
export interface ActionBuilds {
  upload(message: ActivationMessage, container: Container, code: string | undefined): Promise<Upload>;
  /** Waits until what was handed out is kept. */
  settled(): Promise<void>;
}

/** The action's code as it is. */
export function plainUpload(code: string | undefined): Upload {
  return { code, built: false, wantsBuild: false, initialised() {}, failed() {} };
}

/** @param warn is told when the cache does not work: then everything is built anew. */
export function actionBuilds(cache: BuildCache, warn: (text: string, error: unknown) => void): ActionBuilds {
  const writing = underWay();
  const inBackground = (work: Promise<void>): void => {
    writing.enter();
    work.catch((error: unknown) => warn("the build cache cannot be written", error)).finally(() => writing.leave());
  };
  const cached = async (key: string): Promise<Buffer | undefined> => {
    try {
      return await cache.get(key);
    } catch (error) {
      warn("the build cache cannot be read", error);
      return undefined;
    }
  };
  return {
    async upload(message, container, code) {
      const { exec } = message.action.action;
      if (code === undefined || exec.type !== "code" || !mayBeBuilt(exec.kind)) return plainUpload(code);
      const toolchain = await container.toolchain?.();
      if (toolchain === undefined) return plainUpload(code);
      const key = buildKey(message, toolchain, code);
      const build = await cached(key);
      if (build === undefined) {
        const keep = (body: string): void => {
          const made = buildOf(body);
          if (made !== undefined) inBackground(cache.put(key, made));
        };
        return { ...plainUpload(code), wantsBuild: true, initialised: keep };
      }
      // What does not start may be the build's fault: the next container makes its own.
      const forget = (): void => inBackground(cache.forget(key));
      return { ...plainUpload(build.toString("base64")), built: true, failed: forget };
    },
    settled: () => writing.empty(),
  };
}

/** What a runtime made, of its answer to `/init`; undefined when it made nothing, or more than it was asked for. */
function buildOf(body: string): Buffer | undefined {
  try {
    const { build } = JSON.parse(body) as { build?: unknown };
    if (typeof build !== "string" || build === "" || build.length > MAX_BUILD_LENGTH) return undefined;
    return Buffer.from(build, "base64");
  } catch {
    return undefined; // not every runtime answers JSON
  }
}
