import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { settingNames, settingOf } from "../packages/server/src/config/schema.ts";
import { fileKeys } from "../packages/server/src/config/sources.ts";
import { nginxConfig } from "../packages/server/src/nginx/nginx-config.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DEPLOY = join(ROOT, "deploy");
const CHART = join(DEPLOY, "helm/meringue");
const TIMEOUT = { timeout: 60_000 };

const known = new Set([
  ...settingNames.map((name) => settingOf(name).env),
  ...fileKeys,
  ...["MERINGUE_KAFKA_USERNAME", "MERINGUE_KAFKA_PASSWORD", "MERINGUE_CONSUL_TOKEN"],
]);

function isMissing(program: string): boolean {
  return !(process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** What looks like one of our variables, or of those of upstream that count here. */
function variablesIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b(MERINGUE|OW_DB|CONFIG_whisk|LIMITS)_\w+|\bOW_DB\b|\bKAFKA_HOSTS\b/g))].filter(
    (name) => !["MERINGUE_IMAGE"].includes(name),
  );
}

/** What compose cannot do without, from its .env. */
const passwords = {
  OW_DB_PASSWORD: "pw-couchdb",
  MERINGUE_CONTROLLER_PASSWORD: "pw-controller",
  MERINGUE_KAFKA_PASSWORD: "pw-kafka",
  MERINGUE_CONSUL_TOKEN: "6d4a1c52-3f0b-4f7e-9d4e-1b7d5a0c9e11",
};

interface Composed {
  readonly services: Readonly<Record<string, { readonly environment: Readonly<Record<string, string>> }>>;
}

/** The compose file as docker-compose reads it. */
async function composed(cwd: string, variables: NodeJS.ProcessEnv): Promise<Composed> {
  const env = { ...process.env, ...variables };
  const { stdout } = await run("docker-compose", ["-f", "compose.yaml", "config"], { cwd, env });
  return parse(stdout) as Composed;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

describe("what deploys a cluster", () => {
  test("names no setting that there is not", ({ expect }) => {
    const files = [
      "compose/compose.yaml",
      "compose/.env.example",
      "helm/meringue/templates/_helpers.tpl",
      "helm/meringue/templates/controllers.yaml",
      "helm/meringue/templates/invokers.yaml",
      "ansible/roles/common/templates/common.env.j2",
      "ansible/roles/invoker/templates/meringue-invoker.service.j2",
      "ansible/roles/controller/templates/meringue-controller.service.j2",
      "Dockerfile",
    ];
    const named = files.flatMap((file) => variablesIn(readFileSync(join(DEPLOY, file), "utf8")));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test("has nginx's configuration as `meringue nginx --controllers controller0:3233,controller1:3233` makes it", ({
    expect,
  }) => {
    const controllers = ["controller0:3233", "controller1:3233"];
    expect(readFileSync(join(DEPLOY, "nginx/compose.conf"), "utf8")).toBe(
      nginxConfig({ controllers, listen: { http: "80" } }),
    );
  });

  test.skipIf(isMissing("docker-compose"))("is a compose file (needs docker-compose)", TIMEOUT, async ({ expect }) => {
    const cwd = join(DEPLOY, "compose");
    const { services } = await composed(cwd, passwords);
    expect(Object.keys(services).toSorted()).toEqual([
      "consul",
      "controller0",
      "controller1",
      "couchdb",
      "invoker0",
      "invoker1",
      "kafka",
      "nginx",
    ]);
    for (const missing of Object.keys(passwords)) {
      await expect(composed(cwd, { ...passwords, [missing]: "" })).rejects.toThrow(missing);
    }
  });

  const listed = (text: string | undefined): readonly string[] => (text ?? "").split(",");

  test.skipIf(isMissing("docker-compose"))(
    "lets nobody talk to Kafka or Consul without a password but on their own loopback (needs docker-compose)",
    TIMEOUT,
    async ({ expect }) => {
      const { services } = await composed(join(DEPLOY, "compose"), passwords);
      const kafka = services["kafka"]?.environment ?? {};
      const inTheOpen = listed(kafka["KAFKA_LISTENERS"]).filter((each) => !each.includes("://127.0.0.1:"));
      expect(inTheOpen).toEqual(["CLIENTS://0.0.0.0:9092"]);
      expect(listed(kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"])).toContain("CLIENTS:SASL_PLAINTEXT");
      expect(kafka["KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG"]).toBe(
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_meringue="pw-kafka";',
      );
      const { acl } = JSON.parse(services["consul"]?.environment["CONSUL_LOCAL_CONFIG"] ?? "{}");
      expect(acl).toMatchObject({ enabled: true, default_policy: "deny" });
      expect(services["invoker0"]?.environment).toMatchObject({
        MERINGUE_KAFKA_SASL: "plain",
        MERINGUE_KAFKA_USERNAME: "meringue",
        MERINGUE_KAFKA_PASSWORD: "pw-kafka",
        MERINGUE_CONSUL_TOKEN: acl.tokens.initial_management,
      });
    },
  );

  const rendered = async (...flags: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await run("helm", ["template", "test", CHART, ...flags]);
    const manifests = parseAllDocuments(stdout).map((each) => each.toJSON() as Manifest);
    return manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
  };

  test.skipIf(isMissing("helm"))("is a chart (needs helm)", TIMEOUT, async ({ expect }) => {
    const usual = [
      "NetworkPolicy test-meringue-invoker",
      "PodDisruptionBudget test-meringue-controller",
      "PodDisruptionBudget test-meringue-invoker",
      "Service test-meringue-api",
      "Service test-meringue-invoker",
      "StatefulSet test-meringue-controller",
      "StatefulSet test-meringue-invoker",
    ];
    expect(await rendered()).toEqual(usual);
    expect(await rendered("--set", "ingress.enabled=true,ingress.host=a.example,webHost=fn.example")).toEqual([
      "Ingress test-meringue",
      ...usual,
    ]);
    await expect(rendered("--set", "kafka.sasl=plain")).rejects.toThrow(/kafka\.secret/);
    await run("helm", ["lint", CHART]);
  });

  test.skipIf(isMissing("ansible-playbook"))("is a playbook (needs ansible-playbook)", TIMEOUT, async ({ expect }) => {
    const cwd = join(DEPLOY, "ansible");
    const { stdout } = await run("ansible-playbook", ["--syntax-check", "openwhisk.yml"], { cwd });
    expect(stdout).toContain("playbook: openwhisk.yml");
    const { stdout: vars } = await run("ansible-inventory", ["--host", "controller1"], { cwd });
    expect(JSON.parse(vars)).toMatchObject({ db_provider: "CouchDB", ansible_host: "172.17.0.12" });
  });
});
