/** What a setting may be. It always comes as text. */
export interface Kind<T> {
  accepts(text: string): boolean;
  /** @param text that is accepted */
  read(text: string): T;
  /** What is said of any other text: `must be …`. */
  readonly complaint: string;
}

/** What people read about a setting, and how they give it. */
export interface Facts {
  /** As commander takes it: `-m, --manifest <file>`. */
  readonly flags: string;
  readonly env: string;
  readonly about: string;
  /** Said of a number: `ms`, `MB`. */
  readonly unit?: string;
  /** In words, where the default is worked out at start. */
  readonly computedDefault?: string;
  /** Never shown to anybody. */
  readonly secret?: true;
  /** The variable in which upstream's deployments say the same. */
  readonly upstream?: UpstreamVariable;
}

/** A variable of upstream's, and how what it says is said here. */
export interface UpstreamVariable {
  readonly env: string;
  /** Default: as it is. */
  readonly read?: UpstreamValue;
}

/** What upstream writes: `512 m`, `10 minutes`, `90%`, `true`. */
export type UpstreamValue = "mebibytes" | "milliseconds" | "percent" | "switch" | "cipher";

/** One setting: how it is given, what it may be, and what it is when nothing is given. */
export interface Setting<T> extends Facts {
  readonly kind: Kind<T>;
  /** Undefined when it is worked out at start, or there is none. */
  readonly fixedDefault: T | undefined;
}

export interface SettingWithDefault<T> extends Setting<T> {
  readonly fixedDefault: T;
}

export function withDefault<T>(kind: Kind<T>, fixedDefault: NoInfer<T>, facts: Facts): SettingWithDefault<T> {
  return { kind, fixedDefault, ...facts };
}

export function optional<T>(kind: Kind<T>, facts: Facts): Setting<T> {
  return { kind, fixedDefault: undefined, ...facts };
}

export function text(): Kind<string> {
  return { accepts: () => true, read: (given) => given, complaint: "must be a text" };
}

/** @param complaint what the pattern asks for, in words */
export function matching(pattern: RegExp, complaint: string): Kind<string> {
  return { accepts: (given) => pattern.test(given), read: (given) => given, complaint };
}

export function wholeNumber(min: number, max: number): Kind<number> {
  return {
    accepts: (given) => /^\d+$/.test(given) && Number(given) >= min && Number(given) <= max,
    read: Number,
    complaint: `must be a whole number from ${min} to ${max}`,
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Kind<T> {
  return {
    accepts: (given) => (words as readonly string[]).includes(given),
    read: (given) => given as T,
    complaint: `must be one of ${words.join(", ")}`,
  };
}
