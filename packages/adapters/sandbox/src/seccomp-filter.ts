/**
 * The system call filter of sandboxes: a list of what no action needs and what reaches past namespaces (kernel keys,
 * vsock, new namespaces and mounts, tracing, loading code into the kernel). All else is left to capabilities, of which
 * there are none.
 */

const X32_BIT = 0x4000_0000;
const ALLOW = 0x7fff_0000;
const ERRNO = 0x0005_0000;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Flags of clone(2) that ask for a new namespace. */
const CLONE_NEW = 0x7e02_0000;
/** ioctl(2) that types into a terminal, and the console's ditto. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/** Unix, IPv4, IPv6, netlink: the families that a network namespace contains. */
const FAMILIES = [1, 2, 10, 16];

interface Machine {
  readonly audit: number;
  readonly clone: number;
  readonly socket: number;
  readonly ioctl: number;
  /** Refused with "operation not permitted". */
  readonly refused: readonly number[];
}

/** Calls that carry the same number everywhere: mount API, io_uring, pidfd_getfd, quotactl_fd. */
const EVERYWHERE = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 443, 467];
const CLONE3 = 435;

const machines: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000_003e,
    clone: 56,
    socket: 41,
    ioctl: 16,
    // ptrace process_vm_* kcmp · keys · mount umount2 pivot_root · swap reboot acct quotactl · modules kexec · iopl ioperm
    // syslog · unshare setns · bpf perf userfaultfd · file handles · lookup_dcookie
    refused: [
      ...[101, 310, 311, 312, 248, 249, 250, 165, 166, 155, 167, 168, 169, 163, 179, 175, 176, 313, 246, 320, 172, 173],
      ...[103, 272, 308, 321, 298, 323, 303, 304, 212],
    ],
  },
  arm64: {
    audit: 0xc000_00b7,
    clone: 220,
    socket: 198,
    ioctl: 29,
    refused: [
      ...[117, 270, 271, 272, 217, 218, 219, 40, 39, 41, 224, 225, 142, 89, 60, 105, 106, 273, 104, 294],
      ...[116, 97, 268, 280, 241, 282, 264, 265, 18],
    ],
  },
};

// Offsets inside struct seccomp_data; arguments are 64 bits wide, low half first on both machines.
const NR = 0;
const ARCH = 4;
const argument = (index: number): number => 16 + index * 8;

/** @returns the filter as the kernel reads it (an array of struct sock_filter), undefined on other processors. */
export function seccompFilter(machine: string): Buffer | undefined {
  const known = machines[machine];
  if (known === undefined) return undefined;
  return assemble([
    load(ARCH),
    ...unlessEqual(known.audit, answer(ENOSYS)),
    load(NR),
    ...ifAtLeast(X32_BIT, answer(ENOSYS)), // on arm64 there is no such number, and no such call
    ...[...known.refused, ...EVERYWHERE].flatMap((call) => ifEqual(call, [answer(EPERM)])),
    ...ifEqual(CLONE3, [answer(ENOSYS)]), // its flags lie in memory, out of a filter's reach; libraries fall back to clone
    ...ifEqual(known.clone, [load(argument(0)), ...ifAnyBit(CLONE_NEW, answer(EPERM)), allow()]),
    ...ifEqual(known.ioctl, [
      load(argument(1)),
      ...ifEqual(TIOCSTI, [answer(EPERM)]),
      ...ifEqual(TIOCLINUX, [answer(EPERM)]),
      allow(),
    ]),
    ...ifEqual(known.socket, [
      load(argument(0)),
      ...FAMILIES.flatMap((family) => ifEqual(family, [allow()])),
      answer(EAFNOSUPPORT),
    ]),
    allow(),
  ]);
}

interface Instruction {
  readonly code: number;
  readonly k: number;
  readonly whenTrue?: number;
  readonly whenFalse?: number;
}

const load = (offset: number): Instruction => ({ code: 0x20, k: offset });
const allow = (): Instruction => ({ code: 0x06, k: ALLOW });
const answer = (errno: number): Instruction => ({ code: 0x06, k: ERRNO | errno });
const ifEqual = (k: number, then: readonly Instruction[]): Instruction[] => [
  { code: 0x15, k, whenFalse: then.length },
  ...then,
];
const unlessEqual = (k: number, then: Instruction): Instruction[] => [{ code: 0x15, k, whenTrue: 1 }, then];
const ifAtLeast = (k: number, then: Instruction): Instruction[] => [{ code: 0x35, k, whenFalse: 1 }, then];
const ifAnyBit = (k: number, then: Instruction): Instruction[] => [{ code: 0x45, k, whenFalse: 1 }, then];

function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, k, whenTrue = 0, whenFalse = 0 }, index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(whenTrue, index * 8 + 2);
    bytes.writeUInt8(whenFalse, index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  });
  return bytes;
}
