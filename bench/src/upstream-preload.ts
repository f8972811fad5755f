/** `node --import upstream-preload.ts …`: a server that runs actions in upstream-runtimes.ts, and is itself otherwise. */
import { registerHooks } from "node:module";

const STAND_IN = new URL("upstream-runtimes.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const replaced = resolved.url.endsWith("/packages/server/src/container-runtimes.ts");
    return replaced ? { ...resolved, url: STAND_IN } : resolved;
  },
});
