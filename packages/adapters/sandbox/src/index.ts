export type { Bind, FindLauncher, Launcher } from "./launcher.ts";
export type { LimitsKind, NetworkKind, SandboxOptions, ToolKind } from "./sandbox-options.ts";
export { sandboxRuntime } from "./sandbox-runtime.ts";
