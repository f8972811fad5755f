const { marked } = require("marked");

/**
 * @param {{ markdown?: string }} args
 * @returns {{ html: string } | { error: string }}
 */
exports.main = ({ markdown }) => {
  if (typeof markdown !== "string") return { error: "markdown: a text is needed" };
  return { html: marked.parse(markdown, { gfm: true, async: false }) };
};
