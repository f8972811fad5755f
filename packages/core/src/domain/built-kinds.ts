/** Families whose runtimes make something of source before they can run it. */
const BUILT_FAMILIES = new Set(["ballerina", "go", "java", "rust", "swift"]);

/** Whether actions of a kind such as `go:1.24` may be source that is built first, so that keeping what came of it pays. */
export function mayBeBuilt(kind: string): boolean {
  return BUILT_FAMILIES.has(kind.split(":", 1)[0] ?? "");
}
