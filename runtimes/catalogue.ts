import { BALLERINA_OLDEST_MAJOR, ballerinaLauncher, describeBallerina } from "./catalogue/ballerina-launcher.ts";
import { describeDotnet, dotnetLauncher } from "./catalogue/dotnet-launcher.ts";
import { findDotnet } from "./catalogue/find-dotnet.ts";
import { findGo } from "./catalogue/find-go.ts";
import { chooseInterpreter, describeInterpreter, type Found, type Interpreter } from "./catalogue/find-interpreter.ts";
import { findJava, findJdks } from "./catalogue/find-java.ts";
import { findNodes, type NodeBinary } from "./catalogue/find-node.ts";
import { findPhp } from "./catalogue/find-php.ts";
import { findPython } from "./catalogue/find-python.ts";
import { findRuby } from "./catalogue/find-ruby.ts";
import { findRust } from "./catalogue/find-rust.ts";
import { findSwift } from "./catalogue/find-swift.ts";
import { type Gathered, gatherFiles } from "./catalogue/gather.ts";
import { describeGo, goLauncher } from "./catalogue/go-launcher.ts";
import { describeJava, javaLauncher } from "./catalogue/java-launcher.ts";
import { MOVE_INPUT, nodeInside } from "./catalogue/node-inside.ts";
import { describeRust, rustLauncher } from "./catalogue/rust-launcher.ts";
import { describeSwift, swiftLauncher } from "./catalogue/swift-launcher.ts";

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
  /** Names the tools that it builds source with, all that its outcome depends on. Without it, no build is kept. */
  readonly toolchain?: string;
  /** Makes what is made only once it is needed. To be awaited before the program is started. @throws when it cannot be made */
  readonly prepare?: () => Promise<void>;
  /** It may be started before anybody wants it: while it waits it takes little memory, and no processor time. */
  readonly startAhead?: true;
}

/** Where to look, and where to keep what was gathered. */
export interface LauncherSearch {
  /** Made if absent. Files of several versions live side by side in it; it may be deleted while no server runs. */
  readonly cacheDir: string;
  /** Where what takes long to make, and depends on installed tools alone, is kept. Default: `cacheDir`. */
  readonly toolsDir?: string;
  /** The kinds that the lines should speak of. Default: the ones that have a launcher here. */
  readonly kinds?: readonly string[];
  /**
   * `PATH`, `JAVA_HOME`, and what is to be used: `MERINGUE_NODE_<major>` for a Node.js binary, `MERINGUE_JAVA_<major>` for the
   * folder of a JDK, `MERINGUE_GSON` for a jar, `MERINGUE_DOTNET` and `MERINGUE_SWIFT` for the folders of
   * these. Default: the process's own.
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
  /** What `lines` says of one kind: `KIND runs on …` or `KIND cannot be run: …`; undefined when nothing is known of it. */
  lineOf(kind: string): string | undefined;
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
  "go:1.24",
  "rust:1.85",
  "swift:6.0",
  "dotnet:8.0",
  "ballerina:2201",
];
const NODE_KIND = /^(nodejs|typescript)(?::(\d+))?$/;
const PYTHON_KIND = /^python:3(?:\.\d+)?$/;
const PHP_KIND = /^php:8\.\d+$/;
const RUBY_KIND = /^ruby:[23]\.\d+$/;
const JAVA_KIND = /^java(?::(\d+))?$/;
const GO_KIND = /^go:1\.\d+$/;
const DOTNET_KIND = /^dotnet(?::\d+\.\d+)?$/;
const RUST_KIND = /^rust:1\.\d+$/;
const SWIFT_KIND = /^swift:[3-6](?:\.\d+)*$/;
const BALLERINA_KIND = /^ballerina(?::[\d.]+)?$/;
const NATIVE_IMAGE = /(?:^|\/)dockerskeleton(?::|$)/;

/** Looks for language binaries once, and gathers the runtimes' files in the cache folder. */
export async function findLaunchers(search: LauncherSearch): Promise<Launchers> {
  const env = search.env ?? process.env;
  const [nodes, python, php, ruby, rust, swift] = await Promise.all([
    ...([findNodes(env), findPython(), findPhp(), findRuby(), findRust(env), findSwift(env)] as const),
  ]);
  const java = findJava(env);
  const jdks = findJdks(env, BALLERINA_OLDEST_MAJOR);
  const go = findGo(env);
  const dotnet = findDotnet(env);
  const files = await gatherFiles(search.cacheDir, typeof python === "string" ? [] : python);
  const launcherFor = (kind: string, image: string, memoryMb?: number): Launcher | string => {
    const [, family, major] = NODE_KIND.exec(kind) ?? [];
    if (family !== undefined) return nodeLauncher(family, nodes, major, files);
    if (PYTHON_KIND.test(kind)) return interpreted(kind, python, (found) => pythonLauncher(found, files));
    if (PHP_KIND.test(kind)) return interpreted(kind, php, (found) => phpLauncher(found, files));
    if (RUBY_KIND.test(kind)) return interpreted(kind, ruby, (found) => rubyLauncher(found, files));
    const asJava = JAVA_KIND.exec(kind);
    if (asJava !== null)
      return typeof java === "string" ? java : javaLauncher(java, asJava[1], files.runtimes, memoryMb);
    if (GO_KIND.test(kind)) return goLauncher(go, nodes[0], files, search.toolsDir ?? search.cacheDir);
    if (DOTNET_KIND.test(kind))
      return typeof dotnet === "string" ? dotnet : dotnetLauncher(dotnet, files.runtimes, memoryMb);
    if (RUST_KIND.test(kind)) return rustLauncher(rust, nodes[0], files, search.toolsDir ?? search.cacheDir);
    if (SWIFT_KIND.test(kind)) return swiftLauncher(swift, nodes[0], files);
    if (BALLERINA_KIND.test(kind)) return ballerinaLauncher(jdks, nodes[0], files, memoryMb);
    if (kind !== "blackbox") return `no launcher for ${kind} without Docker`;
    return NATIVE_IMAGE.test(image) ? nativeLauncher(nodes[0], files) : `no launcher for image ${image} without Docker`;
  };
  const lineOf = (kind: string): string[] => {
    if (PYTHON_KIND.test(kind)) return [describeInterpreter(kind, "Python", python)];
    if (PHP_KIND.test(kind)) return [describeInterpreter(kind, "PHP", php)];
    if (RUBY_KIND.test(kind)) return [describeInterpreter(kind, "Ruby", ruby)];
    const asJava = JAVA_KIND.exec(kind);
    if (asJava !== null) return [describeJava(kind, asJava[1], java)];
    if (GO_KIND.test(kind)) return [describeGo(kind, go)];
    if (RUST_KIND.test(kind)) return [describeRust(kind, rust)];
    if (BALLERINA_KIND.test(kind)) return [describeBallerina(kind, jdks)];
    if (SWIFT_KIND.test(kind)) return [describeSwift(kind, swift)];
    if (DOTNET_KIND.test(kind)) return [describeDotnet(kind, dotnet)];
    return describeNode(kind, nodes);
  };
  const lines = (search.kinds ?? DEFAULT_KINDS).flatMap(lineOf);
  return { launcherFor, lineOf: (kind) => lineOf(kind)[0], lines };
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

/** On the interpreter of the kind's version, or what comes nearest. */
function interpreted(kind: string, found: Found, launcher: (on: Interpreter) => Launcher): Launcher | string {
  return typeof found === "string" ? found : launcher(chooseInterpreter(found, kind.split(":")[1]));
}

function pythonLauncher(python: Interpreter, files: Gathered): Launcher {
  return {
    argv: [python.path, "-I", "-X", "utf8", "/runtime/python/launcher.py"],
    binds: [{ source: `${files.runtimes}/python`, target: "/runtime/python" }],
    env: {},
    whenGone: "command-exited",
    startAhead: true,
  };
}

function phpLauncher(php: Interpreter, files: Gathered): Launcher {
  return {
    argv: [php.path, "-c", "/runtime/php/php.ini", "/runtime/php/launcher.php"],
    binds: [{ source: `${files.runtimes}/php`, target: "/runtime/php" }],
    env: {},
    whenGone: "command-exited",
    startAhead: true,
  };
}

function rubyLauncher(ruby: Interpreter, files: Gathered): Launcher {
  return {
    argv: [ruby.path, "-EUTF-8", "/runtime/ruby/launcher.rb"],
    binds: [{ source: `${files.runtimes}/ruby`, target: "/runtime/ruby" }],
    env: {},
    whenGone: "command-exited",
    startAhead: true,
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

function describeNode(kind: string, nodes: readonly [NodeBinary, ...NodeBinary[]]): string[] {
  const [, family, major] = NODE_KIND.exec(kind) ?? [];
  if (family === undefined) return [];
  const node = chooseNode(nodes, major, family === "typescript");
  if (node === undefined) return [`${kind} cannot be run: Node.js 22.18 or newer is needed`];
  const missing =
    major === undefined || `${node.major}` === major ? "" : `; set MERINGUE_NODE_${major} for Node.js ${major}`;
  return [`${kind} runs on Node.js ${node.version} (${node.path})${missing}`];
}
