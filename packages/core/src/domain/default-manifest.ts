import type { JsonObject } from "./json.ts";

const CODE_FILE = { attachmentName: "codefile", attachmentType: "text/plain" };

function image(name: string): JsonObject {
  return { prefix: "meringue", name };
}

function stemCells(initialCount: number, maxCount: number): JsonObject[] {
  const reactive = { minCount: 1, maxCount, ttl: "2 minutes", threshold: 2, increment: 1 };
  return [{ initialCount, memory: "256 MB", reactive }];
}

/** The runtimes that come with Meringue, in upstream's format: what `parseManifest` reads when no other is configured. */
export const DEFAULT_MANIFEST: JsonObject = {
  runtimes: {
    nodejs: [
      { kind: "nodejs:20", default: false, image: image("action-nodejs-v20"), deprecated: false, attached: CODE_FILE },
      { kind: "nodejs:22", default: false, image: image("action-nodejs-v22"), deprecated: false, attached: CODE_FILE },
      {
        kind: "nodejs:24",
        default: true,
        image: image("action-nodejs-v24"),
        deprecated: false,
        attached: CODE_FILE,
        stemCells: stemCells(2, 4),
      },
    ],
    typescript: [
      {
        // named for the Node that strips its types, since nothing checks them
        kind: "typescript:24",
        default: true,
        image: image("action-typescript-v24"),
        deprecated: false,
        attached: CODE_FILE,
        stemCells: stemCells(1, 2),
      },
    ],
    python: [
      {
        kind: "python:3.11",
        default: true,
        image: image("action-python-v3.11"),
        deprecated: false,
        attached: CODE_FILE,
        stemCells: stemCells(1, 2),
      },
    ],
    java: [
      // what upstream calls its only one; Java 17 runs what was compiled for 8
      {
        kind: "java:8",
        default: false,
        image: image("action-java-v17"),
        deprecated: false,
        requireMain: true,
        attached: CODE_FILE,
      },
      {
        kind: "java:17",
        default: true,
        image: image("action-java-v17"),
        deprecated: false,
        requireMain: true,
        attached: CODE_FILE,
      },
    ],
    php: [{ kind: "php:8.2", default: true, image: image("action-php-v8.2"), deprecated: false, attached: CODE_FILE }],
    ruby: [
      { kind: "ruby:3.1", default: true, image: image("action-ruby-v3.1"), deprecated: false, attached: CODE_FILE },
    ],
  },
  // upstream's name for it: clients create native actions under exactly this image
  blackboxes: [{ prefix: "openwhisk", name: "dockerskeleton", tag: "latest" }],
};
