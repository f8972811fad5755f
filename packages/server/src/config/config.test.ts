import { execFileSync } from "node:child_process";
import { UPSTREAM_LIMITS } from "@meringue/core";
import { describe, test } from "vitest";
import { configurationPage, helpText } from "./help.ts";
import type { Machine } from "./machine.ts";
import { BadConfig, readCommandLine, readConfig } from "./read-config.ts";
import { settingNames, settingOf } from "./schema.ts";
import { systemLimits } from "./system-limits.ts";

const GIBIBYTE = 1024 ** 3;
const machine: Machine = { platform: "linux", homeDir: "/home/ada", availableMemoryBytes: 8 * GIBIBYTE };

function problemsOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    readConfig(argv, env, machine);
    return [];
  } catch (error) {
    if (error instanceof BadConfig) return error.problems;
    throw error;
  }
}

describe("the settings", () => {
  test("have a value for everything that needs one when nothing is given", ({ expect }) => {
    expect(readConfig([], {}, machine)).toEqual({
      changeLimits: expect.any(Function),
      sharedPackagesExecuteOnly: "off",
      clusterSize: 1,
      kafkaHosts: "127.0.0.1:9092",
      kafkaTls: "off",
      kafkaSasl: "off",
      kafkaTopicPrefix: "",
      kafkaReplication: 1,
      registry: "kafka",
      consulUrl: "http://127.0.0.1:8500",
      managedFraction: 90,
      blackboxFraction: 10,
      completionFactor: 2,
      completionAddonMs: 60_000,
      invokerLostMs: 30_000,
      controllers: "127.0.0.1:3233",
      userEvents: "off",
      cluster: {
        kafka: { brokers: ["127.0.0.1:9092"], tls: false, topicPrefix: "", replicationFactor: 1 },
        consul: { url: "http://127.0.0.1:8500" },
      },
      port: 3233,
      host: "127.0.0.1",
      dataDir: "/home/ada/.local/share/meringue",
      store: "sqlite",
      couchdbPrefix: "whisk_local_",
      couch: {
        server: { url: "http://127.0.0.1:5984" },
        names: {
          subjects: "whisk_local_subjects",
          whisks: "whisk_local_whisks",
          activations: "whisk_local_activations",
        },
      },
      containers: "auto",
      dockerSocket: "/var/run/docker.sock",
      userMemoryMb: 4096,
      activationMemoryMb: 256,
      durability: "default",
      logLevel: "info",
      limits: "default",
      storeBlockingResults: "STORE_ALWAYS",
      storeNonBlockingResults: "STORE_ALWAYS",
      parameterEncryption: "off",
      parameterKeys: {},
      queueLimit: 10_000,
      pauseGraceMs: 50,
      idleTimeoutMs: 600_000,
      rewarm: "on",
      buildCacheMb: 1_024,
      controllerUser: "controller.user",
      controllerPassword: "controller.pass",
    });
  });

  test("come from flags, then from variables, then from defaults", ({ expect }) => {
    const env = { MERINGUE_PORT: "1", MERINGUE_HOST: "::1", MERINGUE_LOG_LEVEL: "" };
    expect(readConfig(["--port", "0", "-m", "runtimes.json"], env, machine)).toMatchObject({
      port: 0,
      host: "::1",
      manifestFile: "runtimes.json",
      logLevel: "info",
    });
  });

  test("can each be given as a flag and as a variable", ({ expect }) => {
    for (const name of settingNames) {
      const { flags, env } = settingOf(name);
      if (name === "configFile") continue; // tells where others are
      const keys = {
        MERINGUE_PARAMETER_KEY_AES128: Buffer.alloc(16).toString("base64"),
        MERINGUE_KAFKA_USERNAME: "ada",
        MERINGUE_KAFKA_PASSWORD: "pw",
      };
      const value =
        {
          containers: "docker",
          store: "couchdb",
          couchdbUrl: "http://couch:1",
          couchdbPrefix: "test_",
          kafkaHosts: "kafka:1",
          kafkaTls: "on",
          kafkaSasl: "plain",
          registry: "consul",
          consulUrl: "http://consul:1",
          managedFraction: "50",
          blackboxFraction: "50",
          completionFactor: "5",
          controllers: "c:1",
          publicUrl: "http://api",
          userEvents: "on",
          sharedPackagesExecuteOnly: "on",
          durability: "strict",
          logLevel: "warn",
          limits: "upstream",
          parameterEncryption: "aes-128",
          rewarm: "off",
          storeBlockingResults: "STORE_FAILURES",
          storeNonBlockingResults: "STORE_FAILURES_NOT_APPLICATION_ERRORS",
        }[name as string] ?? "200";
      const flag = /--[a-z-]+/.exec(flags)?.[0] ?? "";
      const viaFlag = readConfig([flag, value], keys, machine);
      const { changeLimits: _one, ...asVariable } = readConfig([], { ...keys, [env]: value }, machine);
      expect(viaFlag, name).toMatchObject(asVariable);
      expect(viaFlag, name).not.toEqual(readConfig([], keys, machine));
    }
  });

  test("take a value after an equals sign too", ({ expect }) => {
    expect(readConfig(["--port=8080"], {}, machine).port).toBe(8080);
  });

  test("name every mistake at once, and where it came from", ({ expect }) => {
    const argv = ["--port", "70000", "--prot", "1", "--containers=podman", "--host", "", "extra", "--nothing-like-it"];
    expect(problemsOf(argv, { MERINGUE_QUEUE_LIMIT: "1e3" }).toSorted()).toEqual([
      '"1": this role takes no further words',
      '"extra": this role takes no further words',
      '--containers: must be one of auto, sandbox, docker, not "podman"',
      "--host: must not be empty",
      "--nothing-like-it: there is no such option",
      '--port: must be a whole number from 0 to 65535, not "70000"',
      "--prot: there is no such option; did you mean --port?",
      'MERINGUE_QUEUE_LIMIT: must be a whole number from 1 to 1000000000, not "1e3"',
    ]);
  });

  test("miss a value of a flag at the end", ({ expect }) => {
    expect(problemsOf(["--port"])).toEqual(["option '--port <n>' argument missing"]);
  });
});

describe("a default that depends on the machine", () => {
  test("puts the data where the platform keeps it", ({ expect }) => {
    expect(readConfig([], { XDG_DATA_HOME: "/data" }, machine).dataDir).toBe("/data/meringue");
    expect(readConfig([], { XDG_DATA_HOME: "relative" }, machine).dataDir).toBe("/home/ada/.local/share/meringue");
    const mac: Machine = { ...machine, platform: "darwin", homeDir: "/Users/ada" };
    expect(readConfig([], {}, mac).dataDir).toBe("/Users/ada/Library/Application Support/meringue");
  });

  test("gives actions half of the memory in steps of 256 MB, and never less than 512", ({ expect }) => {
    const memoryOf = (gibibytes: number): number =>
      readConfig([], {}, { ...machine, availableMemoryBytes: gibibytes * GIBIBYTE }).userMemoryMb;
    expect([0.5, 1, 3, 3.6, 64].map(memoryOf)).toEqual([512, 512, 1536, 1792, 32_768]);
  });

  test("lets arguments and answers take a small part of the memory", ({ expect }) => {
    const memoryOf = (gibibytes: number): number =>
      readConfig([], {}, { ...machine, availableMemoryBytes: gibibytes * GIBIBYTE }).activationMemoryMb;
    expect([0.5, 3, 64].map(memoryOf)).toEqual([64, 96, 512]);
  });

  test("finds the Docker engine where DOCKER_HOST says", ({ expect }) => {
    expect(readConfig([], { DOCKER_HOST: "unix:///run/d.sock" }, machine).dockerSocket).toBe("/run/d.sock");
    expect(readConfig([], { DOCKER_HOST: "tcp://elsewhere:2375" }, machine).dockerSocket).toBe("/var/run/docker.sock");
  });
});

describe("the command line", () => {
  test("can ask for help or the version, whatever else it holds", ({ expect }) => {
    expect(readCommandLine(["--prot", "--help"], {}, machine)).toEqual({ kind: "help" });
    expect(readCommandLine(["-V"], {}, machine)).toEqual({ kind: "version" });
    expect(readCommandLine([], {}, machine).kind).toBe("config");
  });

  test("has every flag, variable, unit and default in its help and on the page", ({ expect }) => {
    for (const name of settingNames) {
      const { flags, env } = settingOf(name);
      for (const text of [helpText(), configurationPage()]) {
        expect(text.replaceAll("\\|", "|")).toContain(flags);
        expect(text).toContain(env);
      }
    }
    expect(helpText()).toContain("MERINGUE_PAUSE_GRACE_MS; 50 ms]");
  });

  test("prints the settings in force without the password", ({ expect }) => {
    const main = `${import.meta.dirname}/main.ts`;
    const out = execFileSync(process.execPath, [main, "--port", "1", "--controller-password", "secret"], {
      encoding: "utf8",
    });
    expect(JSON.parse(out)).toMatchObject({ port: 1, controllerPassword: "…" });
  });
});

describe("the system's limits", () => {
  test("are upstream's to the letter when asked for", ({ expect }) => {
    expect(systemLimits({ limits: "upstream" })).toEqual(UPSTREAM_LIMITS);
  });

  test("leave a single user unthrottled by default, and everything else as upstream has it", ({ expect }) => {
    const { invocationsPerMinute, concurrentInvocations, firesPerMinute, concurrency, ...rest } = systemLimits({
      limits: "default",
    });
    expect(Math.min(invocationsPerMinute, concurrentInvocations, firesPerMinute)).toBeGreaterThan(1_000_000);
    expect(concurrency).toEqual([1, 1, 500]);
    expect(UPSTREAM_LIMITS).toMatchObject(rest);
  });

  test("can be set one by one", ({ expect }) => {
    const limits = systemLimits({ limits: "upstream", invocationsPerMinute: 5, maxConcurrency: 10 });
    expect(limits).toEqual({ ...UPSTREAM_LIMITS, invocationsPerMinute: 5, concurrency: [1, 1, 10] });
  });
});
