import { expect, test } from "vitest";
import { checkPassword } from "./invoker.ts";

test("an invoker that others reach starts with a password of its own only", () => {
  const check = (host: string, controllerPassword: string) => () => checkPassword({ host, controllerPassword });
  expect(check("0.0.0.0", "controller.pass")).toThrow("Set MERINGUE_CONTROLLER_PASSWORD.");
  expect(check("0.0.0.0", "of its own")).not.toThrow();
  expect(check("127.0.0.1", "controller.pass")).not.toThrow();
});
