import { type Answer, type CallOptions, call } from "./call.ts";
import { basic, type World } from "./world.ts";

/** One request of `guest` in its own namespace. @param path such as `/triggers/tick`. */
export function ask(world: World, method: string, path: string, body?: unknown): Promise<Answer> {
  const options: CallOptions = { method, headers: { Authorization: basic(world.guest) }, body };
  return call(world.url, `/api/v1/namespaces/_${path}`, options);
}

/** What a GET of `guest` answers. */
export async function read(world: World, path: string): Promise<Answer["json"]> {
  return (await ask(world, "GET", path)).json;
}
