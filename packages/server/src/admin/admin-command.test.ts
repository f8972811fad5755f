import { memorySubjectStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { adminCommand } from "./admin-command.ts";

const UUID = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502";
const KEY = "k".repeat(64);
const PAIR = `${UUID}:${KEY}`;
const NEW_PAIR = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}:[A-Za-z0-9]{64}$/;

/** An empty store and a terminal: types words, tells the exit code and what was printed. */
function terminal() {
  const store = memorySubjectStore();
  const type = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await adminCommand(argv, { store, out: (line) => out.push(line), err: (line) => err.push(line) });
    return { code, out: out.join("\n"), err: err.join("\n") };
  };
  return { store, type };
}

const said = (code: number, out: string) => ({ code, out, err: "" });

describe("user create", () => {
  test("makes an account whose key can be got, and tells whose it is", async ({ expect }) => {
    const { type } = terminal();
    const created = await type("user", "create", "alice");
    expect(created).toEqual(said(0, expect.stringMatching(NEW_PAIR)));
    expect(await type("user", "get", "alice")).toEqual(created);
    expect(await type("user", "whois", created.out)).toEqual(said(0, "subject: alice\nnamespace: alice"));
  });

  test("takes a key that is given, and trims the names", async ({ expect }) => {
    const { type } = terminal();
    expect(await type("user", "create", " alice ", "-u", PAIR, "-ns", " space ")).toEqual(said(0, PAIR));
    expect(await type("user", "get", "alice", "-ns", "space")).toEqual(said(0, PAIR));
  });

  test("makes any given uuid one of version 4, as upstream does", async ({ expect }) => {
    const { type } = terminal();
    const odd = `{23BC46B171F60ED50C54816AA4F8C502}:${KEY}`;
    expect(await type("user", "create", "alice", "-u", odd)).toEqual(said(0, PAIR));
  });

  test.for([
    ["not-a-uuid:x", "authorization id is not a valid UUID"],
    [`${UUID}:short`, "authorization key must be at least 64 characters long"],
    [UUID, "failed to determine authorization id and key: list index out of range"],
  ] as const)("refuses the key %s", async ([auth, message], { expect }) => {
    expect(await terminal().type("user", "create", "alice", "--auth", auth)).toEqual(said(2, message));
  });

  test("refuses names that are too short, empty or impossible", async ({ expect }) => {
    const { type } = terminal();
    expect(await type("user", "create", " bob ")).toEqual(said(2, "Subject name must be at least 5 characters"));
    expect(await type("user", "create", "alice", "-ns", " ")).toEqual(said(2, "Namespace must not be empty"));
    expect(await type("user", "create", "alice", "-ns", "a/b")).toEqual(
      said(2, "The namespace contains illegal characters."),
    );
  });

  test("adds namespaces, and refuses one that the account has", async ({ expect }) => {
    const { type } = terminal();
    const [first, second] = [
      await type("user", "create", "alice"),
      await type("user", "create", "alice", "-ns", "space"),
    ];
    expect(await type("user", "get", "alice", "--all")).toEqual(said(0, `alice\t${first.out}\nspace\t${second.out}`));
    expect(await type("user", "create", "alice", "-ns", "space")).toEqual(said(1, "Namespace already exists"));
  });

  test("replaces uuid and key with -r", async ({ expect }) => {
    const { type } = terminal();
    const old = await type("user", "create", "alice");
    expect(await type("user", "create", "alice", "-r", "-u", PAIR)).toEqual(said(0, PAIR));
    expect(await type("user", "get", "alice", "-a")).toEqual(said(0, `alice\t${PAIR}`));
    expect(await type("user", "whois", old.out)).toEqual(said(0, "Subject id is not recognized"));
  });

  test("stores nothing with -g, and prints nothing with -s", async ({ expect }) => {
    const { store, type } = terminal();
    expect(await type("user", "create", "alice", "-g")).toEqual(said(0, expect.stringMatching(NEW_PAIR)));
    expect(await store.get("alice")).toBeUndefined();
    expect(await type("user", "create", "alice", "-s")).toEqual(said(0, ""));
    expect(await store.get("alice")).toBeDefined();
  });

  test("refuses to edit a blocked account", async ({ expect }) => {
    const { type } = terminal();
    await type("user", "create", "alice");
    await type("user", "block", "alice");
    const refused = said(1, "The subject you want to edit is blocked");
    expect(await type("user", "create", "alice", "-ns", "space")).toEqual(refused);
  });

  test("refuses a uuid that another account has", async ({ expect }) => {
    const { type } = terminal();
    await type("user", "create", "alice", "-u", PAIR);
    const message = 'Failed to create subject ({"error":"conflict","reason":"Document update conflict."})';
    expect(await type("user", "create", "bobby", "-u", PAIR)).toEqual(said(1, message));
  });
});

describe("user get", () => {
  test("says what it does not find", async ({ expect }) => {
    const { type } = terminal();
    const missing = 'Failed to get subject ({"error":"not_found","reason":"missing"})';
    expect(await type("user", "get", "alice")).toEqual(said(1, missing));
    await type("user", "create", "alice");
    const message = 'namespace "space" not found for "alice"';
    expect(await type("user", "get", "alice", "--namespace", "space")).toEqual(said(1, message));
  });
});

describe("user delete", () => {
  test("deletes one namespace, then the account", async ({ expect }) => {
    const { type } = terminal();
    await type("user", "create", "alice");
    await type("user", "create", "alice", "-ns", "space");
    expect(await type("user", "delete", "alice", "-ns", "space")).toEqual(said(0, "Namespace deleted"));
    const again = said(1, 'Namespace "space" does not exist for "alice"');
    expect(await type("user", "delete", "alice", "-ns", "space")).toEqual(again);
    expect(await type("user", "delete", "alice")).toEqual(said(0, "Subject deleted"));
    const missing = 'Failed to delete subject ({"error":"not_found","reason":"missing"})';
    expect(await type("user", "delete", "alice")).toEqual(said(1, missing));
  });

  test("refuses empty names", async ({ expect }) => {
    const { type } = terminal();
    expect(await type("user", "delete", " ")).toEqual(said(2, "Subject must not be empty"));
    expect(await type("user", "delete", "alice", "-ns", " ")).toEqual(said(2, "Namespace must not be empty"));
  });
});

describe("user list", () => {
  test("shows one key with its owner, more when asked, or the keys alone", async ({ expect }) => {
    const { type } = terminal();
    const a = (await type("user", "create", "alice", "-ns", "space")).out;
    const b = (await type("user", "create", "bobby", "-ns", "space")).out;
    expect(await type("user", "list", "space")).toEqual(said(0, `${a}\talice`));
    expect(await type("user", "list", "-a", "space")).toEqual(said(0, `${a}\talice\n${b}\tbobby`));
    expect(await type("user", "list", "space", "-p", "2", "-k")).toEqual(said(0, `${a}\n${b}`));
    expect(await type("user", "list", "space", "-kp2")).toEqual(said(0, `${a}\n${b}`));
  });

  test("says so when there is none, and wants to pick one at least", async ({ expect }) => {
    const { type } = terminal();
    expect(await type("user", "list", "space")).toEqual(said(0, 'no identities found for namespace "space"'));
    expect(await type("user", "list", "space", "--pick", "0")).toEqual(said(2, "pick at least 1 identity to show"));
  });
});

describe("user block and unblock", () => {
  test("take several accounts, ignore empty names, and hide and show their keys", async ({ expect }) => {
    const { type } = terminal();
    const key = (await type("user", "create", "alice")).out;
    await type("user", "create", "bobby");
    const blocked = '"alice" blocked successfully\n"bobby" blocked successfully';
    expect(await type("user", "block", "alice", "bobby", "", " ")).toEqual(said(0, blocked));
    expect(await type("user", "whois", key)).toEqual(said(0, "Subject id is not recognized"));
    expect((await type("user", "list", "alice")).out).toContain("no identities found");
    const unblocked = '"alice" unblocked successfully\n"bobby" unblocked successfully';
    expect(await type("user", "unblock", "alice", "bobby")).toEqual(said(0, unblocked));
    expect((await type("user", "whois", key)).out).toContain("subject: alice");
  });

  test("end with the number of failures", async ({ expect }) => {
    const { type } = terminal();
    await type("user", "create", "alice");
    const missing = '({"error":"not_found","reason":"missing"})';
    const lines = [
      `Failed to block "nobody" ${missing}`,
      '"alice" blocked successfully',
      `Failed to block "noone" ${missing}`,
    ];
    expect(await type("user", "block", "nobody", "alice", "noone")).toEqual(said(2, lines.join("\n")));
    expect(await type("user", "unblock", "nobody")).toEqual(said(1, `Failed to unblock "nobody" ${missing}`));
  });
});

describe("limits", () => {
  test("are set one after the other, shown in their order, and deleted", async ({ expect }) => {
    const { type } = terminal();
    const done = said(0, 'Limits successfully set for "space"');
    expect(await type("limits", "set", "space", "--concurrentInvocations", "3", "--firesPerMinute=2")).toEqual(done);
    expect(await type("limits", "set", "space", "--invocationsPerMinute", "1", "--maxPayloadSize", "2 MB")).toEqual(
      done,
    );
    const lines = [
      "invocationsPerMinute = 1",
      "firesPerMinute = 2",
      "concurrentInvocations = 3",
      "maxPayloadSize = 2 MB",
    ];
    expect(await type("limits", "get", "space")).toEqual(said(0, lines.join("\n")));
    expect(await type("limits", "delete", "space")).toEqual(said(0, "Limits deleted"));
    expect(await type("limits", "get", "space")).toEqual(said(0, "No limits found, default system limits apply"));
    const missing = 'Failed to delete limits ({"error":"not_found","reason":"missing"})';
    expect(await type("limits", "delete", "space")).toEqual(said(1, missing));
  });

  test("that are lists and booleans look as upstream's tool prints them", async ({ expect }) => {
    const { store, type } = terminal();
    await type("limits", "set", "space", "--allowedKinds", "nodejs:20", "blackbox", "--storeActivations", "No");
    const lines = ["allowedKinds = ['nodejs:20', 'blackbox']", "storeActivations = False"];
    expect(await type("limits", "get", "space")).toEqual(said(0, lines.join("\n")));
    expect(await store.getLimits("space")).toEqual({
      allowedKinds: ["nodejs:20", "blackbox"],
      storeActivations: false,
    });
    await type("limits", "set", "space", "--storeActivations", "TRUE");
    expect((await type("limits", "get", "space")).out).toContain("storeActivations = True");
  });

  test("of every name reach the store", async ({ expect }) => {
    const { store, type } = terminal();
    const sizes = ["minActionMemory", "maxActionMemory", "minActionLogs", "maxActionLogs", "minActionTimeout"];
    const more = ["maxActionTimeout", "minActionConcurrency", "maxActionConcurrency"];
    const names = [...sizes, ...more];
    await type("limits", "set", "space", ...names.flatMap((name, i) => [`--${name}`, String(i)]));
    await type("limits", "set", "space", "--maxParameterSize", "1 MB", "--truncationSize", "1 KB");
    expect(await store.getLimits("space")).toEqual({
      ...Object.fromEntries(names.map((name, i) => [name, i])),
      maxParameterSize: "1 MB",
      truncationSize: "1 KB",
    });
  });
});

describe("wrong words", () => {
  test.for([
    ["", "the following arguments are required: cmd"],
    ["db get", "argument cmd: invalid choice: 'db' (choose from 'user', 'limits', 'invoker')"],
    ["user", "the following arguments are required: subcmd"],
    ["limits clear", "argument subcmd: invalid choice: 'clear' (choose from 'set', 'get', 'delete')"],
    ["user create", "the following arguments are required: subject"],
    ["user block", "the following arguments are required: subjects"],
    ["user create alice bobby", "unrecognized arguments: bobby"],
    ["user get alice --nope", "unrecognized arguments: --nope"],
    ["user get alice -x", "unrecognized arguments: -x"],
    ["user create alice -u", "argument -u/--auth: expected one argument"],
    ["user create alice -u -r", "argument -u/--auth: expected one argument"],
    ["user list space -p many", "argument -p/--pick: invalid int value: 'many'"],
    ["user get alice --all=yes", "argument -a/--all: ignored explicit argument 'yes'"],
    ["limits set space --firesPerMinute x", "argument --firesPerMinute: invalid int value: 'x'"],
    ["limits set space --storeActivations maybe", "argument --storeActivations: maybe is not a valid boolean."],
    ["limits set space --allowedKinds", "argument --allowedKinds: expected at least one argument"],
    ["limits set space --min 1", /^ambiguous option: --min could match --minActionMemory, --minActionLogs/],
  ] as const)("%s: end with 2 and a usage line", async ([words, message], { expect }) => {
    const { code, out, err } = await terminal().type(...words.split(" ").filter((word) => word !== ""));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const [usage = "", error = ""] = err.split("\n");
    expect(usage).toMatch(/^usage: meringue admin /);
    expect(error.replace("meringue admin: error: ", "")).toEqual(
      typeof message === "string" ? message : expect.stringMatching(message),
    );
  });

  test("are explained on request, at every level", async ({ expect }) => {
    const { type } = terminal();
    expect(await type("--help")).toMatchObject({ code: 0, out: expect.stringContaining("limits delete") });
    expect(await type("user", "-h")).toMatchObject({ code: 0, out: expect.stringContaining("user whois") });
    expect(await type("limits", "set", "-h")).toMatchObject({
      code: 0,
      out: expect.stringContaining("--truncationSize"),
    });
  });
});

describe("options", () => {
  test("may be shortened while it is clear what is meant, and may stand before the names", async ({ expect }) => {
    const { type } = terminal();
    expect(await type("-v", "user", "-w", "subjects.v2.0.0", "create", "--rev", "--auth", PAIR, "alice")).toEqual(
      said(0, PAIR),
    );
    expect(await type("user", "get", "-ns=alice", "--", "alice")).toEqual(said(0, PAIR));
  });
});
