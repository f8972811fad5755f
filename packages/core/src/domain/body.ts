import { MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { describeObject, flag, type Members, nullable, type Schema } from "./schema.ts";
import { versionText } from "./version.ts";

/** The body of an entity's PUT. @throws MalformedContent when it is no object. */
export function objectBody(json: Json): JsonObject {
  if (!isJsonObject(json)) throw new MalformedContent("Object expected in field 'exec'");
  return json;
}

/** What every entity's PUT may say of it. */
export const PUT_LABELS = {
  version: nullable(versionText),
  publish: nullable(flag((json) => `Expected JsBoolean, but got ${JSON.stringify(json)}`)),
};

/** A body that is read in parts, because sizes and the query are looked at in between. Only tells of itself. */
export function putBody(title: string, members: Members): Pick<Schema<unknown>, "describe"> {
  return { describe: (deployment) => describeObject(title, members, deployment) };
}
