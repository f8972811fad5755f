import { type ServerProcess, startServer } from "@meringue/testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type ApiAnswer, type ApiClient, apiClient } from "./api-client.ts";
import { type Composed, type Composer, deployer, installedComposer } from "./composer-client.ts";

interface Example {
  readonly name: string;
  readonly compose: (composer: Composer) => Composed;
  readonly input?: object;
  readonly result: object;
  /** Of the answer; 200 unless told. */
  readonly status?: number;
}

type Numbers = { n: number };
declare let i: number;
declare let x: number;

const inc = (composer: Composer): Composed =>
  composer.action("inc", { action: (args: Numbers) => ({ ...args, n: args.n + 1 }) });
const positive = (composer: Composer): Composed =>
  composer.action("positive", { action: ({ n }: Numbers) => ({ value: n > 0 }) });
const fail = (composer: Composer): Composed => composer.action("fail", { action: () => ({ error: "failed" }) });

/** Every combinator that needs no Redis. */
const examples: readonly Example[] = [
  { name: "action", compose: inc, input: { n: 1 }, result: { n: 2 } },
  { name: "sequence", compose: (c) => c.sequence(inc(c), inc(c)), input: { n: 1 }, result: { n: 3 } },
  { name: "seq", compose: (c) => c.seq(inc(c), inc(c), inc(c)), input: { n: 1 }, result: { n: 4 } },
  { name: "task", compose: (c) => c.task(inc(c)), input: { n: 1 }, result: { n: 2 } },
  {
    name: "function",
    compose: (c) => c.function(({ n }: Numbers) => ({ n: n * 10 })),
    input: { n: 2 },
    result: { n: 20 },
  },
  { name: "value", compose: (c) => c.value({ v: 7 }), result: { v: 7 } },
  { name: "literal", compose: (c) => c.literal({ v: 8 }), result: { v: 8 } },
  { name: "empty", compose: (c) => c.empty(), input: { same: 1 }, result: { same: 1 } },
  {
    name: "if, which takes the first way",
    compose: (c) => c.if(positive(c), inc(c), fail(c)),
    input: { n: 1 },
    result: { n: 2 },
  },
  {
    name: "if, which takes the second way",
    compose: (c) => c.if(positive(c), fail(c), inc(c)),
    input: { n: -5 },
    result: { n: -4 },
  },
  {
    name: "if_nosave",
    compose: (c) => c.if_nosave(positive(c), c.empty(), fail(c)),
    input: { n: 1 },
    result: { value: true },
  },
  {
    name: "while",
    compose: (c) => c.while(({ n }: Numbers) => ({ value: n < 3 }), inc(c)),
    input: { n: 0 },
    result: { n: 3 },
  },
  {
    name: "while_nosave",
    compose: (c) => c.while_nosave((args: Numbers) => ({ ...args, value: args.n < 3 }), inc(c)),
    input: { n: 0 },
    result: { n: 3, value: false },
  },
  {
    name: "dowhile",
    compose: (c) => c.dowhile(inc(c), ({ n }: Numbers) => ({ value: n < 3 })),
    input: { n: 5 },
    result: { n: 6 },
  },
  {
    name: "dowhile_nosave",
    compose: (c) => c.dowhile_nosave(inc(c), (args: Numbers) => ({ ...args, value: args.n < 3 })),
    input: { n: 0 },
    result: { n: 3, value: false },
  },
  {
    name: "try",
    compose: (c) => c.try(fail(c), ({ error }: { error: string }) => ({ caught: error })),
    result: { caught: "failed" },
  },
  {
    name: "nothing that catches it",
    compose: (c) => c.sequence(fail(c), inc(c)),
    result: { error: "failed" },
    status: 502,
  },
  {
    name: "finally",
    compose: (c) => c.finally(fail(c), () => ({ cleaned: true })),
    result: { cleaned: true },
  },
  {
    name: "let",
    compose: (c) => c.let({ x: 5 }, ({ n }: Numbers) => ({ n: n + x })),
    input: { n: 1 },
    result: { n: 6 },
  },
  {
    name: "mask",
    compose: (c) =>
      c.let(
        { x: 1 },
        c.let(
          { x: 2 },
          c.mask(() => ({ x })),
        ),
      ),
    result: { x: 1 },
  },
  { name: "repeat", compose: (c) => c.repeat(3, inc(c)), input: { n: 0 }, result: { n: 3 } },
  {
    name: "retry, which succeeds in the end",
    compose: (c) =>
      c.let(
        { i: 0 },
        c.retry(5, () => (++i < 3 ? { error: "again" } : { tries: i })),
      ),
    result: { tries: 3 },
  },
  { name: "retry, which gives up", compose: (c) => c.retry(2, fail(c)), result: { error: "failed" }, status: 502 },
  {
    name: "retain",
    compose: (c) => c.retain(inc(c)),
    input: { n: 1 },
    result: { params: { n: 1 }, result: { n: 2 } },
  },
  {
    name: "retain_catch",
    compose: (c) => c.retain_catch(fail(c)),
    input: { n: 1 },
    result: { params: { n: 1 }, result: { error: "failed" } },
  },
  {
    name: "merge",
    compose: (c) => c.merge(({ n }: Numbers) => ({ square: n * n })),
    input: { n: 3 },
    result: { n: 3, square: 9 },
  },
  {
    name: "dynamic",
    compose: (c) =>
      c.sequence(inc(c), ({ n }: Numbers) => ({ type: "action", name: "inc", params: { n } }), c.dynamic()),
    input: { n: 1 },
    result: { n: 3 },
  },
];

const installed = installedComposer();
const missing = installed === undefined ? " (skipped: npm openwhisk-composer is not installed)" : "";

const { composer } = (installed ?? {}) as NonNullable<typeof installed>;

describe.skipIf(installed === undefined)(`npm openwhisk-composer, unchanged${missing}`, () => {
  let server: ServerProcess;
  let api: ApiClient;
  let deploy: ReturnType<typeof deployer>;

  beforeAll(async () => {
    server = await startServer();
    api = apiClient(server.url, server.guestKey);
    deploy = deployer(server);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test.for(examples)("$name", async ({ name, compose, input = {}, result, status = 200 }, { expect }) => {
    const action = name.replaceAll(/\W/g, "-");
    await deploy(action, compose(composer));
    const answer = await api.call("POST", `actions/${action}?blocking=true&result=true`, input);

    expect([answer.status, answer.json]).toEqual([status, result]);
  });

  test("async", async ({ expect }) => {
    await deploy("async", composer.sequence(composer.async(inc(composer))));
    const { json } = await api.call("POST", "actions/async?blocking=true&result=true", { n: 1 });
    expect(json).toMatchObject({ method: "async", activationId: expect.stringMatching(/^[0-9a-f]{32}$/) });

    let answer: ApiAnswer;
    do answer = await api.call("GET", `activations/${(json as { activationId: string }).activationId}`);
    while (answer.status === 404); // records appear when the activation has ended: clients poll
    expect(answer.json).toMatchObject({ name: "async", response: { result: { n: 2 } } });
  });
});
