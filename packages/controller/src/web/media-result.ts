import { BadRequest, isJsonObject, type Json, messages, NotFound } from "@meringue/core";
import { httpAnswer } from "./http-result.ts";
import { prettyJson } from "./pretty-json.ts";
import { plainAnswer, type WebAnswer } from "./web-answer.ts";
import type { Extension } from "./web-path.ts";

/** How the result of an action, or its error, becomes an answer. @throws BadRequest, NotFound when it does not fit. */
export const answerers: Readonly<Record<Extension, (result: Json) => WebAnswer>> = {
  ".http": httpAnswer,
  ".json": jsonAnswer,
  ".html": (result) => markupAnswer("text/html", "text/html; charset=UTF-8", pick(result, "html")),
  ".svg": (result) => markupAnswer("image/svg+xml", "image/svg+xml", pick(result, "svg")),
  ".text": textAnswer,
};

/** The part of a result that is shown: of an object `body`, else the member named for the extension. */
function pick(result: Json, member: string): Json | undefined {
  if (!isJsonObject(result)) return result;
  // A body that is null hides the other one.
  return Object.hasOwn(result, "body") ? result["body"] : own(result, member);
}

function own(object: { readonly [key: string]: Json }, member: string): Json | undefined {
  return Object.hasOwn(object, member) ? object[member] : undefined;
}

function jsonAnswer(result: Json): WebAnswer {
  if (typeof result !== "object" || result === null) throw new BadRequest(messages.resultIsNot("application/json"));
  return plainAnswer("application/json", prettyJson(result));
}

function markupAnswer(type: string, contentType: string, text: Json | undefined): WebAnswer {
  if (typeof text !== "string") throw new BadRequest(messages.resultIsNot(type));
  return plainAnswer(contentType, text);
}

function textAnswer(result: Json): WebAnswer {
  const text = pick(result, "text");
  if (text === undefined) throw new NotFound(messages.propertyMissing);
  return plainAnswer("text/plain; charset=UTF-8", typeof text === "string" ? text : prettyJson(text));
}
