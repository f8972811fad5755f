export type RuntimeFolder = "nodejs" | "typescript" | "python" | "php" | "ruby" | "native" | "java";

/** An image, and what goes into it. */
export interface ImageRecipe {
  readonly name: string;
  readonly tags: readonly string[];
  /** Folder of the Dockerfile. */
  readonly dockerfile: RuntimeFolder;
  /** Whose files it holds. */
  readonly runtimes: readonly RuntimeFolder[];
  /** Built on this one of our images instead of the base. */
  readonly from?: string;
  /** Node's major version, and where it is put. */
  readonly node?: { readonly major: number; readonly path: string };
  /**
   * Whether the modules that actions count on are there (at the root of the file system: found after an action's own),
   * and npm for actions that bring dependencies without their code.
   */
  readonly modules?: boolean;
  /** Whether the HTTP proxy stands in front of a launcher. */
  readonly proxy?: boolean;
}

function nodejs(major: number): ImageRecipe {
  const name = `action-nodejs-v${major}`;
  return {
    name,
    tags: [`meringue/${name}:latest`],
    dockerfile: "nodejs",
    runtimes: ["nodejs"],
    node: { major, path: "usr/local/bin/node" },
    modules: true,
  };
}

/** Every image that the default manifest names, in an order in which they can be built. */
export const IMAGES: readonly ImageRecipe[] = [
  nodejs(20),
  nodejs(22),
  nodejs(24),
  {
    name: "action-typescript-v24",
    tags: ["meringue/action-typescript-v24:latest"],
    dockerfile: "typescript",
    runtimes: ["typescript"],
    from: "meringue/action-nodejs-v24:latest",
  },
  {
    name: "action-python-v3.11",
    tags: ["meringue/action-python-v3.11:latest"],
    dockerfile: "python",
    runtimes: ["python"],
    proxy: true,
  },
  {
    name: "action-java-v17",
    tags: ["meringue/action-java-v17:latest"],
    dockerfile: "java",
    runtimes: ["java"],
    proxy: true,
  },
  {
    name: "action-php-v8.2",
    tags: ["meringue/action-php-v8.2:latest"],
    dockerfile: "php",
    runtimes: ["php"],
    proxy: true,
  },
  {
    name: "action-ruby-v3.1",
    tags: ["meringue/action-ruby-v3.1:latest"],
    dockerfile: "ruby",
    runtimes: ["ruby"],
    proxy: true,
  },
  {
    name: "dockerskeleton",
    // Clients ask for native actions by upstream's name.
    tags: ["meringue/dockerskeleton:latest", "openwhisk/dockerskeleton:latest"],
    dockerfile: "native",
    runtimes: ["native", "nodejs"],
    node: { major: 24, path: "runtime/bin/node" },
    proxy: true,
  },
];
