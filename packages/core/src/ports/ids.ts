/** Makes names that nobody else has made. */
export interface Ids {
  /** 32 lower-case hexadecimal digits: a random UUID without its dashes. */
  activationId(): string;
  /** 32 characters of `[A-Za-z0-9]`. */
  transactionId(): string;
}
