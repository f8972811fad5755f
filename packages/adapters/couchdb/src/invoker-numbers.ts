import { Conflict, isJsonObject, type Json, type JsonObject } from "@meringue/core";
import { type CouchServer, couchClient } from "./http/couch-client.ts";
import { CouchFailure, storeFailure } from "./http/couch-failure.ts";

/** A document that views, listings and `_changes` leave out: nobody else meets it. */
const DOCUMENT = "_local/meringue-invoker-numbers";
/** Writers that may meet: one of them gets through each time. */
const TRIES = 100;

/**
 * The number of the invoker of this name: the one that it had, else the lowest that no name has. Upstream keeps the same
 * in ZooKeeper.
 * @param database in which it is kept.
 * @throws ServiceUnavailable when CouchDB cannot be asked; Conflict when too many ask at the same time.
 */
export async function invokerNumber(server: CouchServer, database: string, uniqueName: string): Promise<number> {
  const client = couchClient(server);
  const path = `/${encodeURIComponent(database)}/${DOCUMENT}`;
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const found = await client.json({ method: "GET", path }).catch(absent);
      const numbers = numbersIn(found);
      const known = numbers[uniqueName];
      if (typeof known === "number") return known;
      const number = lowestFree(Object.values(numbers));
      const body = { ...(isJsonObject(found) ? found : {}), numbers: { ...numbers, [uniqueName]: number } };
      if (await written(client.json({ method: "PUT", path, body }))) return number;
    }
  } catch (error) {
    throw storeFailure(error);
  } finally {
    await client.close();
  }
  throw new Conflict();
}

function absent(error: unknown): undefined {
  if (error instanceof CouchFailure && error.status === 404) return undefined;
  throw error;
}

function numbersIn(found: Json | undefined): JsonObject {
  const numbers = found !== undefined && isJsonObject(found) ? found["numbers"] : undefined;
  return numbers !== undefined && isJsonObject(numbers) ? numbers : {};
}

function lowestFree(taken: readonly Json[]): number {
  let number = 0;
  while (taken.includes(number)) number++;
  return number;
}

/** @returns false when somebody else has written meanwhile. */
async function written(answer: Promise<Json>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof CouchFailure && error.status === 409) return false;
    throw error;
  }
}
