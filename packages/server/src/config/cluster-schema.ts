import { matching, oneOf, optional, text, wholeNumber, withDefault } from "./setting.ts";

const HOST_LIST = /^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/;
const ID = /^[a-zA-Z0-9._-]{1,100}$/;
const MOST_INSTANCES = 1_000_000;
const DAY_MS = 86_400_000;

/** The settings that only the roles of a cluster, `controller` and `invoker`, look at. */
export const CLUSTER_SETTINGS = {
  instance: optional(wholeNumber(0, MOST_INSTANCES), {
    flags: "--instance <n>",
    env: "MERINGUE_INSTANCE",
    about: "number of this controller or invoker in the cluster, counted from 0 in each role",
    computedDefault: "0 for a controller; for an invoker the number that its unique name has or gets",
  }),
  uniqueName: optional(matching(ID, "must be up to 100 letters, digits, dots, - and _"), {
    flags: "--unique-name <name>",
    env: "MERINGUE_UNIQUE_NAME",
    about: "name of this invoker that nobody else has: in exchange the cluster gives it a number, always the same",
    computedDefault: "the machine's name, with the data folder's mark",
  }),
  displayedName: optional(matching(ID, "must be up to 100 letters, digits, dots, - and _"), {
    flags: "--displayed-name <name>",
    env: "MERINGUE_DISPLAYED_NAME",
    about: "name of this invoker for people",
    computedDefault: "the unique name",
  }),
  clusterSize: withDefault(wholeNumber(1, MOST_INSTANCES), 1, {
    flags: "--cluster-size <n>",
    env: "MERINGUE_CLUSTER_SIZE",
    upstream: { env: "CONTROLLER_INSTANCES" },
    about: "how many controllers share the invokers",
  }),
  kafkaHosts: withDefault(
    matching(HOST_LIST, "must be HOST:PORT, or several with commas between them"),
    "127.0.0.1:9092",
    {
      flags: "--kafka-hosts <list>",
      env: "MERINGUE_KAFKA_HOSTS",
      upstream: { env: "KAFKA_HOSTS" },
      about: "brokers to begin with, `HOST:PORT` with commas between them",
    },
  ),
  kafkaTls: withDefault(oneOf("off", "on"), "off", {
    flags: "--kafka-tls <on|off>",
    env: "MERINGUE_KAFKA_TLS",
    about: "whether Kafka is spoken with over TLS",
  }),
  kafkaCaFile: optional(text(), {
    flags: "--kafka-ca-file <file>",
    env: "MERINGUE_KAFKA_CA_FILE",
    about: "certificates, PEM, that a broker's must be signed by",
    computedDefault: "those that Node trusts",
  }),
  kafkaSasl: withDefault(oneOf("off", "plain", "scram-sha-256", "scram-sha-512"), "off", {
    flags: "--kafka-sasl <how>",
    env: "MERINGUE_KAFKA_SASL",
    about: "how to log in to Kafka: `off`, `plain`, `scram-sha-256` or `scram-sha-512`; the account comes in variables",
  }),
  kafkaTopicPrefix: withDefault(matching(/^[a-zA-Z0-9._-]{0,100}$/, "must be letters, digits, dots, - and _"), "", {
    flags: "--kafka-topic-prefix <text>",
    env: "MERINGUE_KAFKA_TOPIC_PREFIX",
    upstream: { env: "CONFIG_whisk_kafka_topics_prefix" },
    about: "what the names of all topics begin with",
  }),
  kafkaReplication: withDefault(wholeNumber(1, 1_000), 1, {
    flags: "--kafka-replication-factor <n>",
    env: "MERINGUE_KAFKA_REPLICATION_FACTOR",
    upstream: { env: "CONFIG_whisk_kafka_replicationFactor" },
    about: "brokers that hold a copy of each topic that is made here",
  }),
  registry: withDefault(oneOf("kafka", "consul"), "kafka", {
    flags: "--registry <which>",
    env: "MERINGUE_REGISTRY",
    about: "who knows which invokers are alive: `kafka` (pings, as OpenWhisk has it) or `consul`",
  }),
  consulUrl: withDefault(text(), "http://127.0.0.1:8500", {
    flags: "--consul-url <url>",
    env: "MERINGUE_CONSUL_URL",
    about: "where the agent of Consul is; its token comes in a variable",
  }),
  managedFraction: withDefault(wholeNumber(1, 100), 90, {
    flags: "--managed-fraction <percent>",
    env: "MERINGUE_MANAGED_FRACTION",
    upstream: { env: "CONFIG_whisk_loadbalancer_managedFraction", read: "percent" },
    unit: "%",
    about: "share of the invokers that run actions of the manifest's kinds",
  }),
  blackboxFraction: withDefault(wholeNumber(1, 100), 10, {
    flags: "--blackbox-fraction <percent>",
    env: "MERINGUE_BLACKBOX_FRACTION",
    upstream: { env: "CONFIG_whisk_loadbalancer_blackboxFraction", read: "percent" },
    unit: "%",
    about: "share of the invokers that run actions that are images",
  }),
  completionFactor: withDefault(wholeNumber(1, 100), 2, {
    flags: "--completion-factor <n>",
    env: "MERINGUE_COMPLETION_FACTOR",
    upstream: { env: "CONFIG_whisk_loadbalancer_timeoutFactor" },
    about: "an activation that no invoker has told the end of after its time limit times this is given up",
  }),
  completionAddonMs: withDefault(wholeNumber(0, DAY_MS), 60_000, {
    flags: "--completion-addon-ms <ms>",
    env: "MERINGUE_COMPLETION_ADDON_MS",
    upstream: { env: "CONFIG_whisk_loadbalancer_timeoutAddon", read: "milliseconds" },
    unit: "ms",
    about: "what is added to that",
  }),
  invokerLostMs: withDefault(wholeNumber(1, DAY_MS), 30_000, {
    flags: "--invoker-lost-ms <ms>",
    env: "MERINGUE_INVOKER_LOST_MS",
    unit: "ms",
    about: "for how long an invoker that is gone may come back and end itself what it had; then others end it",
  }),
  userEvents: withDefault(oneOf("off", "on"), "off", {
    flags: "--user-events <on|off>",
    env: "MERINGUE_USER_EVENTS",
    upstream: { env: "CONFIG_whisk_userEvents_enabled", read: "switch" },
    about: "whether invokers tell of what they ran on Kafka's topic `events`",
  }),
  controllers: withDefault(
    matching(HOST_LIST, "must be HOST:PORT, or several with commas between them"),
    "127.0.0.1:3233",
    {
      flags: "--controllers <list>",
      env: "MERINGUE_CONTROLLERS",
      about: "the controllers, `HOST:PORT` with commas between them: what `meringue nginx` puts in front of",
    },
  ),
  tlsCertificate: optional(text(), {
    flags: "--tls-certificate <file>",
    env: "MERINGUE_TLS_CERTIFICATE",
    about: "certificate, PEM, with which nginx answers; with it `http` is redirected to `https`",
  }),
  tlsKey: optional(text(), {
    flags: "--tls-key <file>",
    env: "MERINGUE_TLS_KEY",
    about: "the private key of that certificate, PEM",
  }),
  cliFolder: optional(text(), {
    flags: "--cli-folder <folder>",
    env: "MERINGUE_CLI_FOLDER",
    about: "folder with command lines to download, which nginx serves at `/cli/go/download`",
  }),
  publicUrl: optional(text(), {
    flags: "--public-url <url>",
    env: "MERINGUE_PUBLIC_URL",
    about: "where clients reach the cluster: what is in front of the controllers",
    computedDefault: "the address of this controller",
  }),
} as const;
