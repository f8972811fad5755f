import type { Manifest, RuntimeKind } from "@meringue/core";

/** One kind of the manifest, and where its actions would run on this machine. */
export interface KindListing {
  readonly kind: string;
  readonly family: string;
  /** Other names under which actions may ask for it. */
  readonly aliases: readonly string[];
  readonly deprecated: boolean;
  /** What the manifest says of it, such as which version its image really has. */
  readonly description?: string;
  /** What a server with these settings takes; null when nothing here can run it. */
  readonly runsIn: "sandbox" | "docker" | null;
  readonly sandbox: Place;
  /** `imagePresent` is null where no engine was asked. */
  readonly docker: Place & { readonly image: string; readonly imagePresent: boolean | null };
}

/** Whether a kind can be run in one way: with what, or why not. One sentence without a period. */
export type Place =
  | { readonly available: true; readonly with: string }
  | { readonly available: false; readonly why: string };

/** What is known of this machine. */
export interface Surroundings {
  readonly containers: "auto" | "sandbox" | "docker";
  /** Undefined where the sandbox is not used; see `Launchers`. */
  readonly launchers: SandboxKinds | undefined;
  /** The images that the engine has, of those that were asked for, or why there is no engine. */
  readonly images: ReadonlySet<string> | string;
}

interface SandboxKinds {
  launcherFor(kind: string, image: string): object | string;
  lineOf(kind: string): string | undefined;
}

/** The kind of actions that bring an image instead of a language. */
const BLACKBOX = "blackbox";

/** Every kind of a manifest in its order, and after them the images that count as our own. */
export function listRuntimes(manifest: Manifest, here: Surroundings): readonly KindListing[] {
  const managed = [...manifest.families].flatMap(([family, kinds]) =>
    kinds.map((runtime): KindListing => {
      const { kind, image, deprecated, description } = runtime;
      const aliases = isDefault(runtime, kinds) ? [`${family}:default`] : [];
      const told = description === undefined ? {} : { description };
      return { kind, family, aliases, deprecated, ...told, ...placesOf(kind, image, here) };
    }),
  );
  const images = manifest.blackboxes.map((image): KindListing => {
    return { kind: BLACKBOX, family: BLACKBOX, aliases: [], deprecated: false, ...placesOf(BLACKBOX, image, here) };
  });
  return [...managed, ...images];
}

/** All images that a manifest names, each once. */
export function imagesOf(manifest: Manifest): readonly string[] {
  const managed = [...manifest.families.values()].flat().map(({ image }) => image);
  return [...new Set([...managed, ...manifest.blackboxes])];
}

function isDefault(runtime: RuntimeKind, kinds: readonly RuntimeKind[]): boolean {
  return runtime.default || kinds.length === 1;
}

function placesOf(kind: string, image: string, here: Surroundings): Pick<KindListing, "runsIn" | "sandbox" | "docker"> {
  const sandbox = inSandbox(kind, image, here);
  const docker = inDocker(image, here);
  const runsIn = sandbox.available ? "sandbox" : docker.available ? "docker" : null;
  return { runsIn, sandbox, docker };
}

function inSandbox(kind: string, image: string, { launchers }: Surroundings): Place {
  if (launchers === undefined) return { available: false, why: "not used with --containers docker" };
  const launcher = launchers.launcherFor(kind, image);
  if (typeof launcher === "string") return { available: false, why: launcher };
  const line = launchers.lineOf(kind);
  return {
    available: true,
    with: line?.replace(`${kind} runs on `, "").replace(`${kind} `, "") ?? "programs that this machine can run",
  };
}

function inDocker(image: string, { containers, images }: Surroundings): KindListing["docker"] {
  if (containers === "sandbox") {
    return { available: false, why: "not used with --containers sandbox", image, imagePresent: null };
  }
  if (typeof images === "string") return { available: false, why: images, image, imagePresent: null };
  const imagePresent = images.has(image);
  if (imagePresent) return { available: true, with: image, image, imagePresent };
  return { available: false, why: `the image ${image} is not there`, image, imagePresent };
}
