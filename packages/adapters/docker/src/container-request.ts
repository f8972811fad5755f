import type { ContainerSpec } from "@meringue/core";
import { CONTAINER_LABEL, OWNER_LABEL } from "./labels.ts";

const BYTES_PER_MIB = 1024 * 1024;
export const PIDS_LIMIT = 1_024;
const OPEN_FILES_LIMIT = 1_024;

/**
 * What root in a container may still do: own and enter any file, become another user, end its processes, listen below
 * 1024. Upstream's images need no more than that; ours run as another user and so have none of it.
 */
export const CAPABILITIES = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
] as const;

export interface Placement {
  readonly ownerId: string;
  readonly network: string;
  readonly address: string;
  /** `http://host:port` of the API, as seen from inside. */
  readonly apiHost: string;
}

/** @returns the body of `POST /containers/create`. */
export function containerRequest(spec: ContainerSpec, { ownerId, network, address, apiHost }: Placement): object {
  const memoryBytes = spec.memoryMb * BYTES_PER_MIB;
  return {
    Image: spec.image,
    // An operator's own address of the API, in the spec, wins.
    Env: Object.entries({ __OW_API_HOST: apiHost, ...spec.env }).map(([key, value]) => `${key}=${value}`),
    Labels: { [OWNER_LABEL]: ownerId, [CONTAINER_LABEL]: spec.name },
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: {
      NetworkMode: network,
      Memory: memoryBytes,
      MemorySwap: memoryBytes, // memory and swap together: no swap
      CpuShares: spec.cpuShares,
      PidsLimit: PIDS_LIMIT,
      CapDrop: ["ALL"],
      CapAdd: CAPABILITIES,
      SecurityOpt: ["no-new-privileges"],
      Ulimits: [limit("nofile", OPEN_FILES_LIMIT), limit("core", 0)],
      LogConfig: { Type: "none" }, // its output is read from the attached stream, and grows no file
      RestartPolicy: { Name: "no" },
      AutoRemove: false, // how it ended is asked afterwards
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
  };
}

function limit(name: string, value: number): object {
  return { Name: name, Soft: value, Hard: value };
}
