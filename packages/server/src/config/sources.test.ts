import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UPSTREAM_LIMITS } from "@meringue/core";
import { describe, onTestFinished, test } from "vitest";
import { BadConfig, readConfig, readWithSources } from "./read-config.ts";
import { settingNames } from "./schema.ts";
import { systemLimits } from "./system-limits.ts";

function fileWith(text: string, name = "meringue.yaml"): string {
  const folder = mkdtempSync(join(tmpdir(), "meringue-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function problemsOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    readConfig(argv, env);
    return [];
  } catch (error) {
    if (error instanceof BadConfig) return error.problems;
    throw error;
  }
}

describe("a file of settings", () => {
  test("counts less than variables, which count less than flags", ({ expect }) => {
    const file = fileWith("port: 1\nhost: ::1\nlog-level: warn\nOW_DB: CouchDB\n");
    const { config, sources } = readWithSources(["--config", file, "--port", "3"], { MERINGUE_HOST: "127.0.0.2" });

    expect(config).toMatchObject({ port: 3, host: "127.0.0.2", logLevel: "warn", store: "couchdb" });
    expect([...sources.given.values(), ...sources.variables.values()].map(({ from }) => from)).toEqual([
      "--config",
      "--port",
      "MERINGUE_HOST",
      `${file}:3`,
      `${file}:4`,
    ]);
  });

  test("may be JSON, have lists and switches, and be named by a variable", ({ expect }) => {
    const file = fileWith('{"kafka-hosts": ["a:1", "b:2"], "kafka-tls": true, "api-host": null}', "m.json");
    const { cluster, apiHost } = readConfig([], { MERINGUE_CONFIG: file });

    expect(cluster.kafka).toMatchObject({ brokers: ["a:1", "b:2"], tls: true });
    expect(apiHost).toBeUndefined();
  });

  test("is refused with every mistake, its line, and what was meant", ({ expect }) => {
    const file = fileWith("prot: 1\nport: x\nhost: { a: 1 }\nconfig: other.yaml\n");

    expect(problemsOf(["--config", file])).toEqual([
      `${file}:1: there is no setting "prot"; did you mean port?`,
      `${file}:3: host must be a text, a number, true, false, or a list of those`,
      expect.stringMatching(/:4: there is no setting "config"/),
      `${file}:2: must be a whole number from 0 to 65535, not "x"`,
    ]);
  });

  test.for([
    ["- port: 1", /must be one mapping/],
    ["port: [1", /meringue\.yaml: /],
    ["port: 1\nport: 2", /unique/],
  ] as const)("that is no mapping of settings is refused: %j", ([text, complaint], { expect }) => {
    expect(problemsOf(["--config", fileWith(text)])).toEqual([expect.stringMatching(complaint)]);
  });

  test("must be there", ({ expect }) => {
    expect(problemsOf(["--config", "/nowhere.yaml"])).toEqual([expect.stringMatching(/^--config: .*nowhere/)]);
  });
});

describe("upstream's variables", () => {
  test("say what flags say, in upstream's words, and count less than ours", ({ expect }) => {
    const env = {
      CONFIG_whisk_containerPool_userMemory: "2048 m",
      CONFIG_whisk_containerProxy_timeouts_idleContainer: "10 minutes",
      CONFIG_whisk_loadbalancer_managedFraction: "80%",
      CONFIG_whisk_userEvents_enabled: "true",
      CONFIG_whisk_parameterStorage_current: "noop",
      LIMITS_ACTIONS_INVOKES_PERMINUTE: "60",
      KAFKA_HOSTS: "kafka0:9092,kafka1:9092",
      CONFIG_whisk_couchdb_host: "db",
      CONFIG_whisk_kafka_replicationFactor: "3",
      MERINGUE_KAFKA_REPLICATION_FACTOR: "2",
    };
    expect(readConfig([], env)).toMatchObject({
      userMemoryMb: 2048,
      idleTimeoutMs: 600_000,
      managedFraction: 80,
      userEvents: "on",
      parameterEncryption: "off",
      invocationsPerMinute: 60,
      couch: { server: { url: "http://db:5984" } },
      cluster: { kafka: { brokers: ["kafka0:9092", "kafka1:9092"], replicationFactor: 2 } },
    });
  });

  test("set limits one by one on top of the named set", ({ expect }) => {
    const env = {
      CONFIG_whisk_memory_max: "1 GB",
      CONFIG_whisk_timeLimit_max: "10 m",
      CONFIG_whisk_concurrencyLimit_std: "2",
      CONFIG_whisk_activation_payload_max: "2 m",
      LIMITS_ACTIONS_SEQUENCE_MAXLENGTH: "7",
    };
    expect(systemLimits(readConfig(["--limits", "upstream"], env))).toEqual({
      ...UPSTREAM_LIMITS,
      memoryMb: [128, 256, 1024],
      timeoutMs: [100, 60_000, 600_000],
      concurrency: [1, 2, 1],
      payloadBytes: 2 * 1024 * 1024,
      sequenceLength: 7,
    });
  });

  test("are refused by their own name when they cannot be read", ({ expect }) => {
    const env = { CONFIG_whisk_containerPool_userMemory: "much", CONFIG_whisk_memory_max: "1", CONFIG_whisk_x: "1" };
    expect(problemsOf([], env)).toEqual([
      'CONFIG_whisk_containerPool_userMemory: must be a size such as 512 m, not "much"',
      'CONFIG_whisk_memory_max: must be a size such as 256 m, not "1"',
    ]);
  });
});

describe("settings of a cluster", () => {
  test("take the account of Kafka and the token of Consul from variables", ({ expect }) => {
    const env = { MERINGUE_KAFKA_USERNAME: "ada", MERINGUE_KAFKA_PASSWORD: "pw", MERINGUE_CONSUL_TOKEN: "t" };
    expect(readConfig(["--kafka-sasl", "scram-sha-512"], env).cluster).toMatchObject({
      kafka: { sasl: { mechanism: "SCRAM-SHA-512", username: "ada", password: "pw" } },
      consul: { url: "http://127.0.0.1:8500", token: "t" },
    });
  });

  test("are refused when they cannot work", ({ expect }) => {
    expect(problemsOf(["--kafka-sasl", "plain", "--consul-url", "consul:8500", "--kafka-hosts", "a"])).toEqual([
      '--kafka-hosts: must be HOST:PORT, or several with commas between them, not "a"',
    ]);
    expect(problemsOf(["--kafka-sasl", "plain", "--consul-url", "consul:8500"])).toEqual([
      "--kafka-sasl plain needs an account in MERINGUE_KAFKA_USERNAME and MERINGUE_KAFKA_PASSWORD",
      "--consul-url: must be http://HOST:PORT or https://HOST:PORT",
    ]);
  });
});

describe("`meringue config check`", () => {
  const main = `${import.meta.dirname}/main.ts`;

  test("prints every setting with where it came from, and no secret", ({ expect }) => {
    const file = fileWith("port: 4000\nOW_DB_PASSWORD: hush\n");
    const env = { PATH: process.env["PATH"], MERINGUE_CONTROLLER_PASSWORD: "hush", OW_DB_USERNAME: "ada" };
    const text = execFileSync(process.execPath, [main, "check", "--config", file, "--host", "::1"], {
      encoding: "utf8",
      env,
    });
    const lines = text.split("\n").map((line) => line.replace(/ {2,}/, " "));

    expect(lines).toEqual(
      expect.arrayContaining([
        `port = 4000 # ${file}:1`,
        "host = ::1 # --host",
        "queue-limit = 10000 # default",
        "controller-password = … # MERINGUE_CONTROLLER_PASSWORD",
        `OW_DB_PASSWORD = … # ${file}:2`,
        "OW_DB_USERNAME = ada # variable",
      ]),
    );
    expect(text).not.toContain("hush");
    expect(lines.length).toBeGreaterThan(settingNames.length);
  });

  test("fails when a variable looks like ours and is not, or something is wrong", ({ expect }) => {
    const check = (args: readonly string[], env: NodeJS.ProcessEnv) =>
      spawnSync(process.execPath, [main, "check", ...args], { encoding: "utf8", env: { PATH: "", ...env } });

    expect(check([], { MERINGUE_PROT: "1", MERINGUE_LANE: "x" })).toMatchObject({
      status: 2,
      stderr: "MERINGUE_PROT: there is no such variable; did you mean MERINGUE_PORT?\n",
    });
    expect(check(["--port", "x"], {})).toMatchObject({ status: 2, stdout: "" });
  });
});
