export type RuntimeFolder =
  | "nodejs"
  | "typescript"
  | "python"
  | "php"
  | "ruby"
  | "native"
  | "java"
  | "actionloop"
  | "dotnet"
  | "ballerina"
  | "go"
  | "swift"
  | "rust";

/** The Debian that an image is made of: each has other versions of the languages. */
export type Suite = "bookworm" | "trixie" | "sid";

/** An image, and what goes into it. */
export interface ImageRecipe {
  readonly name: string;
  readonly tags: readonly string[];
  /** Folder of the Dockerfile. */
  readonly dockerfile: RuntimeFolder;
  /** Whose files it holds. */
  readonly runtimes: readonly RuntimeFolder[];
  /** Default: bookworm. */
  readonly suite?: Suite;
  /** Values of the Dockerfile's `ARG`s. */
  readonly args?: Readonly<Record<string, string>>;
  /** Built on this one of our images instead of the base. */
  readonly from?: string;
  /** One of the versions between the oldest and the newest: only built when it is named, or with `--all`. */
  readonly between?: boolean;
  /** Name of an image that begins as this one does: built after it, it finds their common layers. */
  readonly after?: string;
  /** Node's major version, and where it is put. */
  readonly node?: { readonly major: number; readonly path: string };
  /**
   * Whether the modules that actions count on are there (at the root of the file system: found after an action's own),
   * and npm for actions that bring dependencies without their code.
   */
  readonly modules?: boolean;
  /** Whether it holds a .NET runtime, and the launcher compiled for that. */
  readonly dotnet?: boolean;
  /** Whether the HTTP proxy stands in front of a launcher. */
  readonly proxy?: boolean;
}

type Details = Partial<Omit<ImageRecipe, "name" | "dockerfile">>;

/** An image with the files of one runtime. */
function recipe(name: string, dockerfile: RuntimeFolder, details: Details = {}): ImageRecipe {
  return { name, tags: [`meringue/${name}:latest`], dockerfile, runtimes: [dockerfile], ...details };
}

function nodejs(major: number, details: Details = {}): ImageRecipe {
  const node = { major, path: "usr/local/bin/node" };
  return recipe(`action-nodejs-v${major}`, "nodejs", { node, modules: true, ...details });
}

/** An image of a language that Debian has, behind the proxy. */
function packaged(language: RuntimeFolder, version: string, suite: Suite, details: Details = {}): ImageRecipe {
  return recipe(`action-${language}-v${version}`, language, { suite, proxy: true, ...details });
}

function java(major: number, suite: Suite, details: Details = {}): ImageRecipe {
  const unknown = { ...(major < 9 && { QUIET: "" }), ...(major < 13 && { ARCHIVE: "" }) };
  return packaged("java", `${major}`, suite, { args: { JAVA: `${major}`, ...unknown }, ...details });
}

/** An image of a language whose executables speak the action loop: its launcher is JavaScript. */
function actionLoop(name: string, language: RuntimeFolder, suite: Suite): ImageRecipe {
  const node = { major: 24, path: "runtime/bin/node" };
  return recipe(name, language, { suite, node, proxy: true, runtimes: [language, "actionloop", "nodejs"] });
}

/** Every image that the default manifest names, in an order in which they can be built: what others wait for goes first. */
export const IMAGES: readonly ImageRecipe[] = [
  nodejs(24),
  packaged("python", "3.13", "trixie", { between: true }),
  packaged("python", "3.14", "sid"),
  packaged("python", "3.11", "bookworm"),
  java(8, "sid"),
  java(11, "sid", { between: true }),
  java(17, "bookworm"),
  java(21, "trixie", { between: true }),
  java(25, "trixie"),
  recipe("action-typescript-v24", "typescript", { from: "action-nodejs-v24" }),
  ...[20, 22, 26].map((major) => nodejs(major, { after: "action-nodejs-v24" })),
  nodejs(18, { after: "action-nodejs-v24", args: { NODE_FLAGS: "" } }), // it knows none of those
  actionLoop("action-golang-v1.24", "go", "trixie"),
  actionLoop("action-rust-v1.85", "rust", "trixie"),
  actionLoop("action-swift-v6.0", "swift", "trixie"),
  packaged("php", "8.2", "bookworm"),
  packaged("php", "8.4", "trixie"),
  packaged("dotnet", "8.0", "bookworm", { runtimes: [], dotnet: true }),
  packaged("ruby", "3.1", "bookworm"),
  packaged("ruby", "3.3", "trixie"),
  recipe("action-ballerina-v2201", "ballerina", {
    from: "action-java-v21",
    runtimes: ["ballerina", "native", "nodejs"],
    node: { major: 24, path: "runtime/bin/node" },
  }),
  recipe("dockerskeleton", "native", {
    // Clients ask for native actions by upstream's name.
    tags: ["meringue/dockerskeleton:latest", "openwhisk/dockerskeleton:latest"],
    runtimes: ["native", "nodejs"],
    node: { major: 24, path: "runtime/bin/node" },
    proxy: true,
  }),
];
