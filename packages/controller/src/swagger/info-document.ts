import { answer, describeAll, type Operation, type Part, type Paths } from "./operations.ts";

const anyObject: Part = { type: "object" };

function open(tag: string, summary: string, responses: Operation["responses"]): Operation {
  return { summary, tag, open: true, responses };
}

const paths: Paths = {
  "/": { get: open("About", "Limits and runtimes", { 200: answer("The deployment", anyObject) }) },
  "/ping": {
    get: { ...open("About", "Whether anybody is there", { 200: { description: "pong" } }), produces: ["text/plain"] },
  },
  "/api-docs": { get: open("About", "This document", { 200: { description: "Swagger 2.0" } }) },
  "/docs": { get: open("About", "A page that shows this document", { 308: { description: "Where it is" } }) },
  "/docs/{file}": {
    get: {
      ...open("About", "A file of that page", { 200: { description: "The file" } }),
      produces: ["text/html", "text/css", "text/javascript", "image/png"],
    },
  },
  "/invokers": {
    get: open("Operation", "How each invoker is", {
      200: answer("up, unhealthy, unresponsive or down, by name", anyObject),
    }),
  },
  "/invokers/healthy/count": {
    get: open("Operation", "How many invokers are up", { 200: answer("The number", { type: "integer" }) }),
  },
  "/invokers/ready": {
    get: open("Operation", "Whether all invokers are up", { 200: answer("healthy: all of all", anyObject) }),
  },
  "/activation": {
    get: open("Operation", "Activations that have no result yet", {
      200: answer("Pairs of id and action@version", {
        type: "array",
        items: { type: "array", items: { type: "string" } },
      }),
    }),
  },
  "/activation/count": {
    get: open("Operation", "How many activations have no result yet", {
      200: answer("The number", { type: "integer" }),
    }),
  },
  "/disable": {
    post: {
      summary: "Take this controller out of service",
      tag: "Operation",
      produces: ["text/plain"],
      responses: { 200: { description: "controller is disabled" } },
    },
  },
};

/** What is served outside `/api/v1`. */
export const infoDocument = {
  swagger: "2.0",
  info: { title: "OpenWhisk", version: "1.0.0", description: "The deployment itself, served by Meringue" },
  basePath: "/",
  produces: ["application/json"],
  securityDefinitions: { basicAuth: { type: "basic" } },
  security: [{ basicAuth: [] }],
  paths: describeAll(paths),
  definitions: {
    ErrorMessage: {
      type: "object",
      required: ["error", "code"],
      properties: { error: { type: "string" }, code: { type: "string" } },
    },
  },
} as const;
