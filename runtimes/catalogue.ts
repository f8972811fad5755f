import type { Interpreter } from "./catalogue/find-interpreter.ts";
import { findJava } from "./catalogue/find-java.ts";
import { findNodes, type NodeBinary } from "./catalogue/find-node.ts";
import { findPhp } from "./catalogue/find-php.ts";
import { findPython, type PythonBinary } from "./catalogue/find-python.ts";
import { findRuby } from "./catalogue/find-ruby.ts";
import { type Gathered, gatherFiles } from "./catalogue/gather.ts";
import { describeJava, javaLauncher } from "./catalogue/java-launcher.ts";

/** How actions of one kind are run in a sandbox: a program that speaks the launcher protocol, and what it needs. */
export interface Launcher {
  /** Program and arguments, as paths inside the sandbox. */
  readonly argv: readonly string[];
  /** Host files and folders to show inside, read-only. What lies in /usr is there anyway. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  /** Added to the environment that every launcher gets. */
  readonly env: Readonly<Record<string, string>>;
  /** What a proxy in front of it would answer once it has died. */
  readonly whenGone: "connection-lost" | "command-exited";
  /** Makes what is made only once it is needed. To be awaited before the program is started. @throws when it cannot be made */
  readonly prepare?: () => Promise<void>;
}

/** Where to look, and where to keep what was gathered. */
export interface LauncherSearch {
  /** Made if absent. Files of several versions live side by side in it; it may be deleted while no server runs. */
  readonly cacheDir: string;
  /** The kinds that the lines should speak of. Default: the ones that have a launcher here. */
  readonly kinds?: readonly string[];
  /**
   * `PATH`, `JAVA_HOME`, and what is to be used: `MERINGUE_NODE_<major>` for a Node.js binary, `MERINGUE_JAVA_<major>` for the
   * folder of a JDK, `MERINGUE_GSON` for a jar. Default: the process's own.
   */
  readonly env?: NodeJS.ProcessEnv;
}

/** Which kinds can be run without Docker, and how. */
export interface Launchers {
  /**
   * A string says, in one sentence without a period, why there is none.
   * @param memoryMb of the container, for programs that must be told
   */
  launcherFor(kind: string, image: string, memoryMb?: number): Launcher | string;
  /** For the operator at start: one fact a line. */
  readonly lines: readonly string[];
}

const DEFAULT_KINDS = [
  "nodejs:20",
  "nodejs:22",
  "nodejs:24",
  "typescript:24",
  "python:3.11",
  "php:8.2",
  "ruby:3.1",
  "java:8",
  "java:17",
];
const NODE_KIND = /^(nodejs|typescript)(?::(\d+))?$/;
const PYTHON_KIND = /^python:3(?:\.\d+)?$/;
const PHP_KIND = /^php:8\.\d+$/;
const RUBY_KIND = /^ruby:[23]\.\d+$/;
const JAVA_KIND = /^java(?::(\d+))?$/;
const NATIVE_IMAGE = /(?:^|\/)dockerskeleton(?::|$)/;
/** Gives Node.js its input as descriptor 4 and an empty one as 0: it can't duplicate descriptors itself. */
const MOVE_INPUT = ["/bin/sh", "-c", 'exec "$0" "$@" 4<&0 </dev/null'];

/** Looks for language binaries once, and gathers the runtimes' files in the cache folder. */
export async function findLaunchers(search: LauncherSearch): Promise<Launchers> {
  const env = search.env ?? process.env;
  const [nodes, python, php, ruby] = await Promise.all([findNodes(env), findPython(), findPhp(), findRuby()]);
  const java = findJava(env);
  const files = await gatherFiles(search.cacheDir, typeof python === "string" ? undefined : python);
  const launcherFor = (kind: string, image: string, memoryMb?: number): Launcher | string => {
    const [, family, major] = NODE_KIND.exec(kind) ?? [];
    if (family !== undefined) return nodeLauncher(family, nodes, major, files);
    if (PYTHON_KIND.test(kind)) return typeof python === "string" ? python : pythonLauncher(python, files);
    if (PHP_KIND.test(kind)) return typeof php === "string" ? php : phpLauncher(php, files);
    if (RUBY_KIND.test(kind)) return typeof ruby === "string" ? ruby : rubyLauncher(ruby, files);
    const asJava = JAVA_KIND.exec(kind);
    if (asJava !== null)
      return typeof java === "string" ? java : javaLauncher(java, asJava[1], files.runtimes, memoryMb);
    if (kind !== "blackbox") return `no launcher for ${kind} without Docker`;
    return NATIVE_IMAGE.test(image) ? nativeLauncher(nodes[0], files) : `no launcher for image ${image} without Docker`;
  };
  const lineOf = (kind: string): string[] => {
    if (PHP_KIND.test(kind)) return [describeInterpreter(kind, "PHP", php)];
    if (RUBY_KIND.test(kind)) return [describeInterpreter(kind, "Ruby", ruby)];
    const asJava = JAVA_KIND.exec(kind);
    if (asJava !== null) return [describeJava(kind, asJava[1], java)];
    return describe(kind, nodes, python);
  };
  return { launcherFor, lines: (search.kinds ?? DEFAULT_KINDS).flatMap(lineOf) };
}

function nodeLauncher(
  family: string,
  nodes: readonly [NodeBinary, ...NodeBinary[]],
  major: string | undefined,
  files: Gathered,
): Launcher | string {
  const typescript = family === "typescript";
  const node = chooseNode(nodes, major, typescript);
  if (node === undefined) return "no Node.js that can strip types: 22.18 or newer is needed";
  const args = [...quietFlags(node), ...(typescript && node.transformsTypes ? ["--experimental-transform-types"] : [])];
  const inside = nodeInside(node);
  return {
    argv: [
      ...[...MOVE_INPUT, inside.path, ...args, "/runtime/nodejs/runtime.cjs", "--launcher", "--input-fd=4"],
      ...(typescript ? ["--typescript"] : []),
    ],
    binds: [
      ...inside.binds,
      { source: `${files.runtimes}/nodejs`, target: "/runtime/nodejs" },
      ...(typescript ? [{ source: `${files.runtimes}/typescript`, target: "/runtime/typescript" }] : []),
      { source: files.modules, target: "/node_modules" },
    ],
    env: {},
    whenGone: "connection-lost",
  };
}

function pythonLauncher(python: PythonBinary, files: Gathered): Launcher {
  return {
    argv: [python.path, "-I", "-X", "utf8", "/runtime/python/launcher.py"],
    binds: [{ source: `${files.runtimes}/python`, target: "/runtime/python" }],
    env: {},
    whenGone: "command-exited",
  };
}

function phpLauncher(php: Interpreter, files: Gathered): Launcher {
  return {
    argv: [php.path, "-c", "/runtime/php/php.ini", "/runtime/php/launcher.php"],
    binds: [{ source: `${files.runtimes}/php`, target: "/runtime/php" }],
    env: {},
    whenGone: "command-exited",
  };
}

function rubyLauncher(ruby: Interpreter, files: Gathered): Launcher {
  return {
    argv: [ruby.path, "-EUTF-8", "/runtime/ruby/launcher.rb"],
    binds: [{ source: `${files.runtimes}/ruby`, target: "/runtime/ruby" }],
    env: {},
    whenGone: "command-exited",
  };
}

function nativeLauncher(node: NodeBinary, files: Gathered): Launcher {
  const inside = nodeInside(node);
  return {
    argv: [...MOVE_INPUT, inside.path, "/runtime/native/launcher.cjs", "--input-fd=4"],
    binds: [
      ...inside.binds,
      { source: `${files.runtimes}/nodejs`, target: "/runtime/nodejs" },
      { source: `${files.runtimes}/native`, target: "/runtime/native" },
    ],
    env: {},
    whenGone: "connection-lost",
  };
}

function nodeInside(node: NodeBinary): { path: string; binds: { source: string; target: string }[] } {
  if (node.path.startsWith("/usr/")) return { path: node.path, binds: [] };
  const path = "/runtime/bin/node";
  return { path, binds: [{ source: node.path, target: path }] };
}

/** Warnings about how a module was loaded would end up in the first activation's log. */
function quietFlags(node: NodeBinary): string[] {
  if (node.major < 20) return [];
  return ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
}

/** The one of the wanted major version, else the server's own, else (for TypeScript) any that can. */
function chooseNode(
  nodes: readonly [NodeBinary, ...NodeBinary[]],
  major: string | undefined,
  typescript: boolean,
): NodeBinary | undefined {
  const able = nodes.filter((node) => !typescript || node.stripsTypes);
  return able.find((node) => `${node.major}` === major) ?? able[0];
}

function describe(
  kind: string,
  nodes: readonly [NodeBinary, ...NodeBinary[]],
  python: PythonBinary | string,
): string[] {
  const [, family, major] = NODE_KIND.exec(kind) ?? [];
  if (family !== undefined) {
    const node = chooseNode(nodes, major, family === "typescript");
    if (node === undefined) return [`${kind} cannot be run: Node.js 22.18 or newer is needed`];
    const missing =
      major === undefined || `${node.major}` === major ? "" : `; set MERINGUE_NODE_${major} for Node.js ${major}`;
    return [`${kind} runs on Node.js ${node.version} (${node.path})${missing}`];
  }
  return PYTHON_KIND.test(kind) ? [describeInterpreter(kind, "Python", python)] : [];
}

function describeInterpreter(kind: string, name: string, found: Interpreter | string): string {
  if (typeof found === "string") return `${kind} cannot be run: ${found}`;
  return `${kind} runs on ${name} ${found.version} (${found.path})`;
}
