import { createRequire } from "node:module";
import type { ServerProcess } from "@meringue/testkit";

/** What is used of npm openwhisk-composer, which brings no types. */
export interface Composed {
  compile(): object;
}
export type Part = Composed | string | ((args: never) => unknown);
export type Combinator = (...parts: readonly (Part | object | number)[]) => Composed;
type Combination =
  | "async"
  | "dowhile"
  | "dowhile_nosave"
  | "dynamic"
  | "empty"
  | "finally"
  | "function"
  | "if"
  | "if_nosave"
  | "let"
  | "literal"
  | "map"
  | "mask"
  | "merge"
  | "par"
  | "parallel"
  | "repeat"
  | "retain"
  | "retain_catch"
  | "retry"
  | "seq"
  | "sequence"
  | "task"
  | "try"
  | "value"
  | "while"
  | "while_nosave";
export type Composer = Readonly<Record<Combination, Combinator>> & {
  readonly action: (name: string, options?: object) => Composed;
};
/** Of the action that runs a composition. */
export interface DeployOptions {
  readonly timeoutMs?: number;
}
interface ComposerClient {
  readonly compositions: {
    deploy(
      composition: object,
      overwrite: boolean,
      debug: string | undefined,
      kind: string | undefined,
      timeoutMs: number | undefined,
    ): Promise<unknown>;
  };
}
interface InstalledComposer {
  readonly composer: Composer;
  readonly client: (options: object) => ComposerClient;
}

const require = createRequire(import.meta.url);

/** @returns undefined when npm openwhisk-composer is not installed. */
export function installedComposer(): InstalledComposer | undefined {
  try {
    return { composer: require("openwhisk-composer"), client: require("openwhisk-composer/client") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Deploys compositions to a server, with the actions that are defined in them, in place of what has these names. */
export function deployer(
  server: ServerProcess,
): (name: string, composed: Composed, options?: DeployOptions) => Promise<void> {
  const client = installedComposer()?.client({ apihost: server.url, api_key: server.guestKey });
  return async (name, composed, { timeoutMs } = {}) => {
    const composition = { name, ...composed.compile() };
    await client?.compositions.deploy(composition, true, undefined, undefined, timeoutMs);
  };
}
