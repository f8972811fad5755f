/** What makes two containers interchangeable before they belong to anybody. */
export interface CellClass {
  readonly kind: string;
  readonly image: string;
  readonly pull: "never" | "if-absent" | "always";
  /** Mebibytes. */
  readonly memoryMb: number;
}

/** Equal for interchangeable cells only. */
export function cellKey({ kind, image, memoryMb }: CellClass): string {
  return `${kind}|${image}|${memoryMb}`; // no kind and no image holds a bar
}
