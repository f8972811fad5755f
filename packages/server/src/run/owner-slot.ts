import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:net";

/** A name under which containers are made, and nobody else makes any while it is held. */
export interface OwnerSlot {
  /** `[a-z0-9]{12}`. */
  readonly ownerId: string;
  /** Whether a later run may have the same name, and find what this one left. */
  readonly isStable: boolean;
  release(): Promise<void>;
}

const MOST_AT_A_TIME = 256;

/**
 * Takes the first free one of a few names, so that what a killed run left on the host is found and removed by a later one.
 * The kernel holds the place as long as the process lives: a socket without a file. Where there is no such thing, on
 * other systems than Linux, the name is a new one each time.
 */
export async function ownerSlot(): Promise<OwnerSlot> {
  if (process.platform !== "linux") {
    return { ownerId: randomBytes(6).toString("hex"), isStable: false, release: async () => undefined };
  }
  for (let slot = 0; slot < MOST_AT_A_TIME; slot++) {
    const place = `meringue-run-${process.getuid?.()}-${slot}`;
    const release = await hold(`\0${place}`);
    if (release === undefined) continue;
    return { ownerId: createHash("sha256").update(place).digest("hex").slice(0, 12), isStable: true, release };
  }
  throw new Error(`${MOST_AT_A_TIME} actions are being run at a time already`);
}

/** @returns undefined when somebody else has it */
function hold(path: string): Promise<(() => Promise<void>) | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(() => new Promise<void>((closed) => server.close(() => closed()))));
  });
}
