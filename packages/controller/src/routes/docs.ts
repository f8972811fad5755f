import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messages, NotFound } from "@meringue/core";
import { redirect, send } from "../answer.ts";
import type { Route } from "../route.ts";

/** The files of the swagger UI that are served, with their content types. */
const FILES: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=UTF-8",
  "index.css": "text/css; charset=UTF-8",
  "swagger-ui.css": "text/css; charset=UTF-8",
  "swagger-ui-bundle.js": "text/javascript; charset=UTF-8",
  "swagger-ui-standalone-preset.js": "text/javascript; charset=UTF-8",
  "swagger-initializer.js": "text/javascript; charset=UTF-8",
  "oauth2-redirect.html": "text/html; charset=UTF-8",
  "oauth2-redirect.js": "text/javascript; charset=UTF-8",
  "favicon-16x16.png": "image/png",
  "favicon-32x32.png": "image/png",
};

/**
 * GET of a page that shows a swagger document, and of the page's files.
 * @param url where the page is, such as `/docs`.
 * @param documentUrl the document that it shows; nothing in the page's own URL can make it show another.
 */
export function docsRoutes(url: string, documentUrl: string): readonly Route[] {
  return [
    {
      method: "GET",
      urls: [url],
      open: true,
      operation: {
        tag: "About",
        summary: "A page that shows this document",
        answers: { 308: { says: "Where it is" } },
        produces: ["text/plain"],
      },
      handle: (request, reply) => redirect(request, reply, `docs/index.html?url=${documentUrl}`),
    },
    {
      method: "GET",
      urls: [`${url}/:file`],
      open: true,
      operation: {
        tag: "About",
        summary: "A file of that page",
        answers: { 200: { says: "The file" } },
        failures: [404],
        produces: ["text/html", "text/css", "text/javascript", "image/png"],
      },
      async handle(request, reply) {
        const { file = "" } = request.params;
        const contentType = Object.hasOwn(FILES, file) ? FILES[file] : undefined;
        if (contentType === undefined) throw new NotFound(messages.routeNotFound, { rejection: true });
        const body =
          file === "swagger-initializer.js" ? initializer(documentUrl) : await readFile(join(uiFolder(), file));
        send(request, reply, 200, contentType, body);
      },
    },
  ];
}

function uiFolder(): string {
  return dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));
}

function initializer(documentUrl: string): string {
  return `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: ${JSON.stringify(documentUrl)},
    dom_id: "#swagger-ui",
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
  });
};
`;
}
