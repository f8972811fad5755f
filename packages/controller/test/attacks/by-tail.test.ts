import { type ActivationEvent, authenticator, type Subject } from "@meringue/core";
import { anActivation, anActivationId, type EventReader, eventReader } from "@meringue/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { basic, startWorld, type World } from "../world.ts";
import { besiege, SECRET, type Siege } from "./siege.ts";

const API = "/api/v1/namespaces";
const secret = (): ActivationEvent => ({
  kind: "log",
  activationId: anActivationId(),
  name: "hidden",
  path: "hidden",
  line: SECRET,
});

async function aSiege(): Promise<Siege> {
  const siege = await besiege();
  onTestFinished(() => siege.close());
  return siege;
}

async function tail({ url, ...world }: World, path: string, as: "guest" | "other", headers = {}): Promise<EventReader> {
  const reader = await eventReader(`${url}${API}${path}`, { Authorization: basic(world[as]), ...headers });
  onTestFinished(() => reader.close());
  return reader;
}

describe("§4 Attack: by a tail", () => {
  test.each([
    ["/other/activations", 403],
    ["/other/activations?name=hidden", 403],
    ["/other/activations/", 403],
    ["/%6fther/activations", 403],
    ["/_/../other/activations", 403],
    ["/_/activations?namespace=other", 200],
    ["/_/activations?name=hidden", 200],
    ["/_/activations?name=/other/hidden", 200],
    ["/_/activations?name=bound/goods", 200],
  ])("of %s nothing of the victim's is seen, not even what was missed", async (path, status) => {
    const { world } = await aSiege();
    const reader = await tail(world, path, "guest", { "Last-Event-ID": "1767225600000" });
    world.deps.feed.publish("other", secret());
    const goods = anActivation({ namespace: "other", name: "goods", logs: [SECRET] });
    world.deps.feed.publish("other", { kind: "ended", activation: goods });
    expect(reader.response.statusCode).toBe(status);
    if (status === 200) {
      await expect.poll(() => reader.text()).toContain("id: ");
      reader.close();
    } else await reader.ended();
    expect(reader.text()).not.toMatch(new RegExp(`${SECRET}|event:`));
  });

  const block = (subject: Subject): Subject => ({ ...subject, blocked: true });
  const renew = (subject: Subject): Subject => ({
    ...subject,
    namespaces: subject.namespaces.map((each) => ({ ...each, key: "n".repeat(64) })),
  });
  const lose = (subject: Subject): Subject => ({ ...subject, namespaces: [] });

  test.each([
    ["blocked", block],
    ["given another key", renew],
    ["without the namespace", lose],
  ])("of one who is %s meanwhile: it ends at once, and nothing more is seen", async (_name, change) => {
    const siege = await aSiege();
    const { world } = siege;
    const reader = await tail(world, "/_/activations", "other");
    world.deps.feed.publish("other", secret());
    expect((await reader.next()).data?.["line"]).toBe(SECRET);
    const changed = siege.account("other", change);
    await changed;
    world.deps.feed.publish("other", { ...secret(), line: "after" } as ActivationEvent);

    expect(await reader.ended()).toBe(false);
    expect(reader.text()).not.toContain("after");
    expect(world.deps.feed.isFollowed("other")).toBe(false);
    expect((await tail(world, "/_/activations", "other")).response.statusCode).toBe(401);
  });

  test("of one whom the authenticator does not remember: it ends all the same", async () => {
    const { world, account } = await aSiege();
    const forgetful = authenticator({ ...world, wellKnownUuids: new Set(), wellKnownAllowed: true, maxCached: 0 });
    const { feed, changes } = world.deps;
    const served = await startWorld({ authenticator: forgetful, feed, changes });
    onTestFinished(() => served.close());
    const reader = await tail({ ...served, other: world.other }, "/_/activations", "other");
    feed.publish("other", secret());
    expect((await reader.next()).data?.["line"]).toBe(SECRET);
    await account("other", block);
    expect(forgetful.isStale(world.other)).toBe(false);
    feed.publish("other", { ...secret(), line: "after" } as ActivationEvent);

    expect(await reader.ended()).toBe(false);
    expect(reader.text()).not.toContain("after");
  });

  test("of one whose account or limits changed in another way goes on, and has missed nothing", async () => {
    const siege = await aSiege();
    const { world } = siege;
    const reader = await tail(world, "/_/activations", "other");
    await siege.account("other", (subject) => subject);
    world.changes.publish({ kind: "limits", namespace: "other" });
    world.changes.publish({ kind: "limits", namespace: "other" });
    world.deps.feed.publish("other", secret());
    expect((await reader.next()).data?.["line"]).toBe(SECRET);

    await siege.account("guest", block);
    world.deps.feed.publish("other", secret());
    expect((await reader.next()).event).toBe("log");
  });
});
