/** What a folder of source is built with. */
export interface Work {
  /** As `--main` has it; `main` unless told. */
  readonly main: string;
  /** Folder of what was uploaded. A single file is called `exec` there. It may be changed. */
  readonly source: string;
  /** Folder that exists and is empty, in which an executable `exec` is to be made. */
  readonly target: string;
  /** Folder that exists and is empty, for whatever else. Removed afterwards. */
  readonly scratch: string;
  /** Of the compiler: PATH, HOME, LANG and init parameters. */
  readonly env: NodeJS.ProcessEnv;
}

/** How source of one language becomes an executable that speaks the action loop. */
export interface Language {
  /**
   * Upstream's word for the language in names of images, such as `golang`: a precompiled archive names the image that it was
   * made by in `exec.env`, and is refused if that is another language's.
   */
  readonly image: string;
  /** Whether why an init failed is told in the log alone, and not in the answer. */
  readonly logsInitErrors: boolean;
  /** @returns what the compiler had to say when it failed, else an empty text. */
  compile(work: Work): Promise<string>;
}
