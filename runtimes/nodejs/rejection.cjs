"use strict";

/** What an Error tells about itself though its own properties are not listed. */
const HIDDEN = ["name", "stack", "message", "code"];

/**
 * Makes JSON of what a promise was rejected with. Errors keep name, message and stack; cycles, buffers, streams and
 * functions become harmless text or vanish. Every falsy reason becomes an empty object.
 * @param {unknown} reason
 */
function serializeReason(reason) {
  if (!reason) return {};
  if (typeof reason === "function") return `[Function: ${reason.name || "anonymous"}]`;
  return typeof reason === "object" ? plain(reason, []) : reason;
}

/** @param {any} from @param {object[]} above the objects this one is inside of @returns {any} */
function plain(from, above) {
  if (typeof from.toJSON === "function") return from.toJSON();
  const inside = [...above, from];
  /** @type {any} */
  const to = Array.isArray(from) ? [] : {};
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === "function") continue;
    if (typeof value !== "object" || value === null) to[key] = value;
    else if (Buffer.isBuffer(value)) to[key] = "[object Buffer]";
    else if (typeof (/** @type {any} */ (value).pipe) === "function") to[key] = "[object Stream]";
    else to[key] = inside.includes(value) ? "[Circular]" : plain(value, inside);
  }
  for (const key of HIDDEN) if (typeof from[key] === "string") to[key] = from[key];
  return to;
}

module.exports = { serializeReason };
