/** What has been handed over and has no result yet. */
export interface InFlight {
  /** `[activationId, "ns[/pkg]/action@version"]` of each, oldest first. */
  list(): readonly (readonly [activationId: string, action: string])[];
  readonly size: number;
}
