import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { findJava, type JavaTools } from "../runtimes/catalogue/find-java.ts";
import { compileJava } from "../runtimes/conformance/java-compiler.ts";
import { apiClient } from "./api-client.ts";
import { zipOf } from "./zip.ts";

const java = findJava(process.env);
const missing = typeof java === "string" ? java : undefined;

/** Runs in the compiler: whoever is compiled again gets another number. */
const STAMPER = `package stamp;
import java.io.*;
import java.util.*;
import javax.annotation.processing.*;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
public class Stamper extends AbstractProcessor {
  private boolean stamped;
  @Override public Set<String> getSupportedAnnotationTypes() { return Set.of("*"); }
  @Override public SourceVersion getSupportedSourceVersion() { return SourceVersion.latest(); }
  @Override public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    if (stamped) return false;
    stamped = true;
    try (Writer file = processingEnv.getFiler().createSourceFile("stamp.Stamp").openWriter()) {
      file.write("package stamp; public class Stamp { public static String id() { return \\"" + UUID.randomUUID() + "\\"; } }");
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return false;
  }
}`;
const ACTION = `import com.google.gson.JsonObject;
public class Main {
  public static JsonObject main(JsonObject args) {
    JsonObject result = new JsonObject();
    result.addProperty("id", stamp.Stamp.id());
    return result;
  }
}`;

async function stampedSource(tools: JavaTools): Promise<string> {
  const services = { "META-INF/services/javax.annotation.processing.Processor": "stamp.Stamper\n" };
  const classes = await compileJava(tools, { "stamp.Stamper": STAMPER });
  const jar = await zipOf({ "stamp/Stamper.class": Buffer.from(classes["stamp/Stamper.class"] ?? []), ...services });
  return (await zipOf({ "Main.java": ACTION, "lib/stamper.jar": jar })).toString("base64");
}

describe.skipIf(missing !== undefined)(`an action that is source (${missing ?? "Java is here"})`, () => {
  test("is compiled once, however often a container of it starts, and anew once its build is damaged", {
    timeout: 240_000,
  }, async ({ expect }) => {
    const dataDir = mkdtempSync(join(tmpdir(), "builds-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const code = await stampedSource(java as JavaTools);
    /** The number of the compilation that an action's first container on a server comes from. */
    const coldStart = async (flags: readonly string[] = []): Promise<unknown> => {
      await using server = await startServer({ dataDir, flags });
      const client = apiClient(server.url, server.guestKey);
      const exec = { kind: "java:17", main: "Main", code };
      const { status } = await client.call("PUT", "actions/stamped", { exec });
      if (status !== 200 && status !== 409) throw new Error(`the action was answered ${status}`);
      const { json } = await client.call("POST", "actions/stamped?blocking=true&result=true", {});
      await server.stop();
      return (json as { id?: string }).id;
    };

    const first = await coldStart();
    const second = await coldStart();
    const uncached = await coldStart(["--build-cache", "0"]);
    const builds = join(dataDir, "cache/builds");
    for (const name of readdirSync(builds)) writeFileSync(join(builds, name), "damaged");
    const third = await coldStart();

    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
    expect(new Set([first, uncached, third]).size).toBe(3);
  });
});
