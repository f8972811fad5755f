import type { JsonObject } from "./json.ts";

const CODE_FILE = { attachmentName: "codefile", attachmentType: "text/plain" };

function stemCells(initialCount: number, maxCount: number): JsonObject {
  const reactive = { minCount: 1, maxCount, ttl: "2 minutes", threshold: 2, increment: 1 };
  return { stemCells: [{ initialCount, memory: "256 MB", reactive }] };
}

/** @param image its name, which stands behind our prefix */
function runtime(kind: string, image: string, more: JsonObject = {}): JsonObject {
  return {
    kind,
    default: false,
    image: { prefix: "meringue", name: image },
    deprecated: false,
    attached: CODE_FILE,
    ...more,
  };
}

/** A kind for actions that name a version which there is none of: it runs on the one that is nearest. */
function standIn(kind: string, image: string, runsOn: string, more: JsonObject = {}): JsonObject {
  return runtime(kind, image, { description: `runs on ${runsOn}`, ...more });
}

const DEFAULT = { default: true };
const MAIN = { requireMain: true };

/** The runtimes that come with Meringue, in upstream's format: what `parseManifest` reads when no other is configured. */
export const DEFAULT_MANIFEST: JsonObject = {
  runtimes: {
    nodejs: [
      runtime("nodejs:18", "action-nodejs-v18"),
      runtime("nodejs:20", "action-nodejs-v20"),
      runtime("nodejs:22", "action-nodejs-v22"),
      runtime("nodejs:24", "action-nodejs-v24", { ...DEFAULT, ...stemCells(2, 4) }),
      runtime("nodejs:26", "action-nodejs-v26"),
    ],
    // named for the Node that strips its types, since nothing checks them
    typescript: [runtime("typescript:24", "action-typescript-v24", { ...DEFAULT, ...stemCells(1, 2) })],
    python: [
      standIn("python:3", "action-python-v3.11", "Python 3.11"),
      standIn("python:3.9", "action-python-v3.11", "Python 3.11"),
      standIn("python:3.10", "action-python-v3.11", "Python 3.11"),
      runtime("python:3.11", "action-python-v3.11", { ...DEFAULT, ...stemCells(1, 2) }),
      standIn("python:3.12", "action-python-v3.13", "Python 3.13"),
      runtime("python:3.13", "action-python-v3.13"),
      runtime("python:3.14", "action-python-v3.14"),
    ],
    java: [
      runtime("java:8", "action-java-v8", MAIN),
      runtime("java:11", "action-java-v11", MAIN),
      runtime("java:17", "action-java-v17", { ...DEFAULT, ...MAIN }),
      runtime("java:21", "action-java-v21", MAIN),
      runtime("java:25", "action-java-v25", MAIN),
    ],
    php: [
      standIn("php:8.0", "action-php-v8.2", "PHP 8.2"),
      standIn("php:8.1", "action-php-v8.2", "PHP 8.2"),
      runtime("php:8.2", "action-php-v8.2", DEFAULT),
      standIn("php:8.3", "action-php-v8.4", "PHP 8.4"),
      runtime("php:8.4", "action-php-v8.4"),
    ],
    go: [
      ...["1.11", "1.15", "1.17", "1.20"].map((version) => standIn(`go:${version}`, "action-golang-v1.24", "Go 1.24")),
      runtime("go:1.24", "action-golang-v1.24", DEFAULT),
    ],
    rust: [standIn("rust:1.34", "action-rust-v1.85", "Rust 1.85"), runtime("rust:1.85", "action-rust-v1.85", DEFAULT)],
    // the compiler's Java is 17 or 21, and the jar holds the rest
    ballerina: [runtime("ballerina:2201", "action-ballerina-v2201", DEFAULT)],
    swift: [
      ...["5.1", "5.3", "5.4", "5.7"].map((version) => standIn(`swift:${version}`, "action-swift-v6.0", "Swift 6.0")),
      runtime("swift:6.0", "action-swift-v6.0", DEFAULT),
    ],
    dotnet: [
      ...["2.2", "3.1", "6.0"].map((version) => standIn(`dotnet:${version}`, "action-dotnet-v8.0", ".NET 8.0", MAIN)),
      runtime("dotnet:8.0", "action-dotnet-v8.0", { ...DEFAULT, ...MAIN }),
    ],
    ruby: [
      standIn("ruby:2.5", "action-ruby-v3.1", "Ruby 3.1"),
      runtime("ruby:3.1", "action-ruby-v3.1", DEFAULT),
      runtime("ruby:3.3", "action-ruby-v3.3"),
    ],
  },
  // upstream's name for it: clients create native actions under exactly this image
  blackboxes: [{ prefix: "openwhisk", name: "dockerskeleton", tag: "latest" }],
};
