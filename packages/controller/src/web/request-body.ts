import { BadRequest, isJsonObject, type WebBody } from "@meringue/core";
import { parseJsonBytes } from "../body.ts";
import { fieldsByName, parseFields } from "./form-fields.ts";
import { isJson, isJsonFamily, type MediaType } from "./media-type.ts";

const NONE: WebBody = { kind: "none" };

/**
 * What an action gets of a request's body.
 * @param type undefined when there is neither a body nor a content type.
 * @param raw whether the action takes it as it came; then nothing is looked into.
 * @throws MalformedContent for JSON that is none, BadRequest for a form that is none
 */
export function decodeBody(bytes: Buffer, type: MediaType | undefined, raw: boolean): WebBody {
  if (type === undefined) return NONE;
  if (!raw && isJsonFamily(type)) return bytes.length === 0 ? NONE : decodeJson(bytes);
  if (!raw && isForm(type)) return decodeForm(bytes);
  // JSON goes to raw actions as base64 although it is text: they have learned to expect that.
  const encoding = type.form === "binary" || isJson(type) ? "base64" : "utf8";
  return { kind: "opaque", value: bytes.toString(encoding) };
}

function isForm({ essence, parameters }: MediaType): boolean {
  return essence === "application/x-www-form-urlencoded" && parameters.length === 0;
}

function decodeJson(bytes: Buffer): WebBody {
  const value = parseJsonBytes(bytes);
  return isJsonObject(value) ? { kind: "fields", fields: value } : { kind: "opaque", value };
}

function decodeForm(bytes: Buffer): WebBody {
  const fields = parseFields(bytes.toString("utf8"));
  if (fields === undefined) {
    throw new BadRequest("The form is not correctly percent-encoded.", { rejection: true });
  }
  return { kind: "fields", fields: fieldsByName(fields) };
}
