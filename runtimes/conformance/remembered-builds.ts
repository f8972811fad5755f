import type { Reply, StartTarget, Target } from "./target.ts";

/** As long as the platform lets builds be, in characters. */
const BUILD_LIMIT = 32 * 1024 * 1024;

interface Value {
  readonly code?: unknown;
  readonly main?: unknown;
  readonly build_limit?: unknown;
  readonly built?: unknown;
}

/**
 * Targets that have the same source built once, as the platform has (docs/build-cache.md): for tables of a slow compiler. Inits
 * that say themselves what is to be done with builds are passed on as they are.
 */
export function rememberingBuilds(start: StartTarget): StartTarget {
  const builds = new Map<string, Promise<string | undefined>>();
  const init = async (target: Target, value: Value | undefined): Promise<Reply> => {
    if (typeof value?.code !== "string" || value.build_limit !== undefined || value.built !== undefined) {
      return await target.init(value);
    }
    const key = JSON.stringify([value.code, value.main]);
    const known = await builds.get(key);
    if (known !== undefined) return await target.init({ ...value, code: known, binary: true, built: true });
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    if (!builds.has(key)) builds.set(key, promise);
    const reply = await target.init({ ...value, build_limit: BUILD_LIMIT });
    const { build, ...body } = (reply.body ?? {}) as { build?: string };
    resolve(build);
    return reply.status === "gone" ? reply : { ...reply, body };
  };
  return async (env) => {
    const target = await start(env);
    return { ...target, init: (value) => init(target, value as Value | undefined) };
  };
}
