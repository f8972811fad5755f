import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import type { HostTools } from "./host-tools.ts";
import type { Bind } from "./launcher.ts";
import { dropTo, type SandboxTool } from "./sandbox-command.ts";

/** In the environment of processes without a sandbox: by it they are found again when they have left their parent. */
export const MARK = "MERINGUE_SANDBOX";

/**
 * No sandbox: a process like any other, with a working folder of its own. As root it still becomes another user.
 * @param scratch host folder for the working folders
 * @param mark begins the value of {@link MARK}
 * @param reasons why there is nothing better
 */
export function plainProcesses(
  tools: HostTools,
  scratch: string,
  mark: string,
  reasons: readonly string[],
): SandboxTool {
  const setpriv = tools.find("setpriv");
  const env = tools.need("env");
  return {
    kind: "none",
    isolates: false,
    fileOnFive: undefined,
    lines: ["files and processes: not isolated, actions run as plain processes of this host", ...reasons],
    command(job) {
      const id = randomUUID();
      const folder = `${scratch}/${id}`;
      mkdirSync(folder, { mode: 0o700 });
      if (job.user !== undefined && setpriv !== undefined) {
        chmodSync(scratch, 0o711);
        chownSync(folder, job.user.uid, job.user.gid);
      }
      const outside = translator([...job.launcher.binds, { source: folder, target: "/action" }]);
      const program = job.launcher.argv.map(outside);
      const dies = setpriv === undefined ? [] : [setpriv, "--pdeathsig=KILL"];
      const drops = setpriv === undefined || job.user === undefined ? [] : dropTo(setpriv, job.user).slice(1);
      const variables = {
        ...Object.fromEntries(Object.entries(job.env).map(([name, value]) => [name, outside(value)])),
        TMPDIR: folder,
        [MARK]: `${mark}/${id}`,
      };
      const environment = [env, "-i", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
      return {
        argv: [...dies, ...drops, ...environment, ...program],
        folder,
        mark: `${mark}/${id}`,
        cleanUp: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

/** Turns paths inside into paths on the host: whole, as the value of an option, or as part of a search path. */
function translator(binds: readonly Bind[]): (text: string) => string {
  const deepestFirst = binds.toSorted((a, b) => b.target.length - a.target.length);
  return (text) =>
    text.replace(/(?<=^|[:=])\/[^:=]*/g, (path) => {
      const bind = deepestFirst.find(({ target }) => path === target || path.startsWith(`${target}/`));
      return bind === undefined ? path : bind.source + path.slice(bind.target.length);
    });
}
