/** An image, and what goes into it. */
export interface ImageRecipe {
  readonly name: string;
  readonly tags: readonly string[];
  /** Folder of the Dockerfile. */
  readonly runtime: "nodejs" | "typescript" | "python" | "native";
  /** Built on this one of our images instead of the base. */
  readonly from?: string;
  /** Node's major version, and where it is put. */
  readonly node?: { readonly major: number; readonly path: string };
  /** npm packages for actions, at the root of the file system: found after the action's own. */
  readonly packages?: readonly string[];
  /** Whether npm is there for actions that bring dependencies without their code. */
  readonly npm?: boolean;
  /** Whether the HTTP proxy stands in front of a launcher. */
  readonly proxy?: boolean;
}

const NODE_PACKAGES = ["openwhisk@3.21.9"];

function nodejs(major: number): ImageRecipe {
  const name = `action-nodejs-v${major}`;
  return {
    name,
    tags: [`meringue/${name}:latest`],
    runtime: "nodejs",
    node: { major, path: "usr/local/bin/node" },
    packages: NODE_PACKAGES,
    npm: true,
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
    runtime: "typescript",
    from: "meringue/action-nodejs-v24:latest",
  },
  {
    name: "action-python-v3.11",
    tags: ["meringue/action-python-v3.11:latest"],
    runtime: "python",
    proxy: true,
  },
  {
    name: "dockerskeleton",
    // Clients ask for native actions by upstream's name.
    tags: ["meringue/dockerskeleton:latest", "openwhisk/dockerskeleton:latest"],
    runtime: "native",
    node: { major: 24, path: "meringue/bin/node" },
    proxy: true,
  },
];
