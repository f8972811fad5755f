export { type DockerOptions, type DockerTimeouts, dockerRuntime } from "./docker-runtime.ts";
export { EngineError } from "./engine-client.ts";
export { DEFAULT_SOCKET_PATH, dockerUnavailable, engineSocketPath } from "./engine-socket.ts";
export { presentImages } from "./present-images.ts";
