package meringue.launcher;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Loads and runs, while there is no action, what every action will need. */
final class WarmUp {
  private static final String SOURCE =
      "import com.google.gson.*; public class Main { public static JsonObject main(JsonObject a) { return a; } }";

  private static final int ROUNDS = 3;
  private static final String OWN = "meringue/launcher/Sample";
  /** Of the same length: under its own name the class would not be looked for in the jar. */
  private static final String OTHER = "meringue/launcher/sample";
  private static final String SAMPLE = OTHER.replace('/', '.');

  private WarmUp() {}

  /** Stops as soon as there is something to do. */
  static void whileIdle(Environment environment, LineInput lines) throws IOException {
    if (lines.isWaiting()) return;
    JsonElement value = parsed("{\"a\":[1,\"❄\",null,true,1.5]}");
    if (lines.isWaiting()) return;
    JsonText.of(value);
    for (int round = 0; round < ROUNDS && !lines.isWaiting(); round++) tryAction(environment, sampleJar(), SAMPLE);
  }

  /** All of it, source too: what an archive of classes is to hold. */
  static void all(Environment environment) throws IOException {
    tryAction(environment, sampleJar(), SAMPLE);
    tryAction(environment, SOURCE, "Main");
  }

  private static void tryAction(Environment environment, String code, String main) throws IOException {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    Path folder = Files.createTempDirectory("warm-up");
    try {
      System.setOut(new PrintStream(new ByteArrayOutputStream(), true, "UTF-8"));
      Action action = new Action(folder, new Logs(false), environment);
      JsonObject init = parsed("{\"binary\":true,\"env\":{}}").getAsJsonObject();
      init.addProperty("code", code);
      init.addProperty("main", main);
      action.init(init).line("init");
      action.run(parsed("{\"value\":{\"a\":\"b\"}}").getAsJsonObject()).line("-");
    } finally {
      System.setOut(out);
      System.setErr(err);
      Thread.currentThread().setContextClassLoader(loader);
      Folders.empty(folder);
      Files.delete(folder);
    }
  }

  private static JsonElement parsed(String text) {
    InputStream bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return JsonParser.parseReader(new JsonReader(new InputStreamReader(bytes, StandardCharsets.UTF_8)));
  }

  private static String sampleJar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes);
        InputStream content = Sample.class.getResourceAsStream("Sample.class")) {
      String text = new String(Folders.bytes(content), StandardCharsets.ISO_8859_1).replace(OWN, OTHER);
      jar.putNextEntry(new ZipEntry(OTHER + ".class"));
      jar.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
