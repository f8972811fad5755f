import { createHash, randomInt } from "node:crypto";

/** Names of one runtime on the host. `owner` is shared with dead servers of the same data folder. */
export interface HostNames {
  /** 4 characters of `[a-z0-9]`. */
  readonly owner: string;
  /** 3 characters of `[a-z0-9]`, different each time a server starts. */
  readonly instance: string;
  /** A number drawn from the owner's id. */
  readonly seed: number;
}

/** Names for this start of a server. */
export function hostNames(ownerId: string): HostNames {
  const seed = createHash("sha256").update(ownerId).digest().readUInt32BE(0);
  return { owner: letters(seed % 36 ** 4, 4), instance: letters(randomInt(36 ** 3), 3), seed };
}

/** @returns whether a name that begins with the owner's and the instance's letters is of a dead server of this owner. */
export function isOfDead({ owner, instance }: HostNames, name: string): boolean {
  return name.startsWith(owner) && !name.startsWith(owner + instance);
}

function letters(number: number, length: number): string {
  return number.toString(36).padStart(length, "0");
}
