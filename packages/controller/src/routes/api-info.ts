import { sendJson } from "../answer.ts";
import type { BuildInfo } from "../dependencies.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /api/v1: which API this is, and of which build. */
export function apiInfoRoute({ build }: { readonly build: BuildInfo }): Route {
  const info = {
    description: "OpenWhisk API",
    api_version: "1.0.0",
    api_version_path: "v1",
    build: build.date,
    buildno: build.number,
    swagger_paths: { ui: "/docs", "api-docs": "/api-docs" },
  };
  return {
    method: "GET",
    urls: withSlash("/api/v1"),
    open: true,
    operation: {
      tag: "About",
      summary: "Which API this is",
      answers: { 200: { says: "Version and build", shape: "ApiInfo" } },
    },
    handle: (request, reply) => sendJson(request, reply, 200, info),
  };
}
