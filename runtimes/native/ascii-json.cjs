"use strict";

const NOT_PRINTABLE_ASCII = /[\u007f-\uffff]/g;

/**
 * Writes JSON as existing executables have always got it: ASCII only, a blank after each comma and colon.
 * @param {unknown} value parsed JSON
 * @returns {string}
 */
function asciiJson(value) {
  if (Array.isArray(value)) return `[${value.map(asciiJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${text(key)}: ${asciiJson(member)}`);
    return `{${members.join(", ")}}`;
  }
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

/** @param {string} value */
function text(value) {
  const escape = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(NOT_PRINTABLE_ASCII, escape);
}

module.exports = { asciiJson };
