/** The addresses of one network, each held by a container until it has been removed. */
export interface AddressPool {
  /** @returns an address that nobody holds. @throws RangeError when all are taken. */
  take(holder: string): string;
  /** Gives an address back; it is offered again only after all others had their turn. */
  release(address: string): void;
  holderOf(address: string): string | undefined;
}

/**
 * Docker hands the address of a container that has exited to the next one at once. A run on its way to the old container
 * would then reach another tenant's, so addresses are given out here, and kept until the container is removed.
 * @param subnet `172.18.0.0/16`
 * @param taken addresses never to give out, such as the gateway's
 */
export function addressPool(subnet: string, taken: readonly string[]): AddressPool {
  const [base = "", prefix = ""] = subnet.split("/");
  const bits = 32 - Number(prefix);
  const size = 2 ** bits;
  const network = Math.floor(toNumber(base) / size) * size;
  const holders = new Map<string, string>(taken.map((address) => [address, ""]));
  let next = 1;

  return {
    take(holder) {
      for (let tried = 0; tried < size; tried += 1) {
        const offset = next;
        next = next + 1 >= size - 1 ? 1 : next + 1; // neither the network's own address nor the broadcast's
        const address = toText(network + offset);
        if (offset < size - 1 && !holders.has(address)) {
          holders.set(address, holder);
          return address;
        }
      }
      throw new RangeError(`no free address in ${subnet}`);
    },
    release: (address) => void holders.delete(address),
    holderOf: (address) => holders.get(address) || undefined,
  };
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
