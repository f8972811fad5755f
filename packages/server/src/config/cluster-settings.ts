import type { GivenConfig } from "./schema.ts";

/** Where the parts are that join the processes of a cluster. The passwords and the token are secret. */
export interface ClusterSettings {
  readonly kafka: {
    /** `HOST:PORT` each. */
    readonly brokers: readonly string[];
    readonly tls: boolean;
    /** PEM file. */
    readonly caFile?: string;
    readonly sasl?: {
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
      readonly username: string;
      readonly password: string;
    };
    readonly topicPrefix: string;
    readonly replicationFactor: number;
  };
  readonly consul: { readonly url: string; readonly token?: string };
}

const MECHANISMS = { plain: "PLAIN", "scram-sha-256": "SCRAM-SHA-256", "scram-sha-512": "SCRAM-SHA-512" } as const;

/** Puts together what flags and variables say. */
export function readClusterSettings(given: GivenConfig, env: NodeJS.ProcessEnv): ClusterSettings {
  const { kafkaSasl } = given;
  const [username, password] = [env["MERINGUE_KAFKA_USERNAME"] ?? "", env["MERINGUE_KAFKA_PASSWORD"] ?? ""];
  const token = env["MERINGUE_CONSUL_TOKEN"] ?? "";
  return {
    kafka: {
      brokers: given.kafkaHosts.split(","),
      tls: given.kafkaTls === "on",
      ...(given.kafkaCaFile === undefined ? {} : { caFile: given.kafkaCaFile }),
      ...(kafkaSasl === "off" ? {} : { sasl: { mechanism: MECHANISMS[kafkaSasl], username, password } }),
      topicPrefix: given.kafkaTopicPrefix,
      replicationFactor: given.kafkaReplication,
    },
    consul: { url: given.consulUrl, ...(token === "" ? {} : { token }) },
  };
}

/** What is wrong about them, a sentence each, without any secret. */
export function clusterProblems(
  { kafkaSasl, consulUrl, publicUrl }: GivenConfig,
  env: NodeJS.ProcessEnv,
): readonly string[] {
  const problems: string[] = [];
  if (kafkaSasl !== "off" && !(env["MERINGUE_KAFKA_USERNAME"] && env["MERINGUE_KAFKA_PASSWORD"])) {
    problems.push(`--kafka-sasl ${kafkaSasl} needs an account in MERINGUE_KAFKA_USERNAME and MERINGUE_KAFKA_PASSWORD`);
  }
  if (!isOrigin(consulUrl)) problems.push("--consul-url: must be http://HOST:PORT or https://HOST:PORT");
  if (publicUrl !== undefined && !isOrigin(publicUrl))
    problems.push("--public-url: must be http://HOST or https://HOST");
  return problems;
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#@]+\/?$/.test(text) && URL.canParse(text);
}
