package meringue.launcher;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;

/** Runs Java actions: the launcher protocol, on descriptors 4 (lines in) and 3 (lines out). */
public final class Launcher {
  private static final int INPUT = 4;
  private static final int RESULTS = 3;

  private Launcher() {}

  /** Answers lines until there are no more; then the process ends. */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    LineInput lines = new LineInput(new FileInputStream(descriptor(INPUT)));
    OutputStream results = new FileOutputStream(descriptor(RESULTS));
    Environment environment = new Environment();
    boolean sentinels = !"off".equals(environment.remove("MERINGUE_SENTINELS"));
    String folder = environment.remove("MERINGUE_ACTION_DIR");
    Logs logs = new Logs(sentinels);
    logs.take();
    Action action = new Action(Paths.get(folder == null ? "action" : folder).toAbsolutePath(), logs, environment);
    if (arguments.length > 0) WarmUp.all(environment);
    else WarmUp.whileIdle(environment, lines);
    while (lines.next()) {
      String answer = answer(action, lines) + "\n";
      results.write(answer.getBytes(StandardCharsets.UTF_8));
    }
    // Threads that the action left behind must not keep the process, nor may its shutdown hooks.
    if (arguments.length == 0) Runtime.getRuntime().halt(0);
  }

  private static String answer(Action action, LineInput lines) {
    JsonObject message;
    try {
      JsonElement parsed = JsonParser.parseReader(new JsonReader(new InputStreamReader(lines, StandardCharsets.UTF_8)));
      message = parsed.isJsonObject() ? parsed.getAsJsonObject() : new JsonObject();
    } catch (JsonParseException error) {
      // Gson wraps a lack of memory, such as for an archive that is too large.
      Throwable reason = error.getCause() instanceof OutOfMemoryError ? error.getCause() : error;
      return lines.isInit() ? action.unreadable(reason).line("init") : Answer.failed(400, reason.toString()).line("-");
    }
    if (message.has("init")) return action.init(message.get("init")).line("init");
    JsonElement id = message.get("activation_id");
    return action.run(message).line(id == null || id.isJsonNull() ? "-" : id.getAsString());
  }

  /** A descriptor that this process was started with, which may be a socket: it can't be opened by a path. */
  private static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
    FileDescriptor descriptor = new FileDescriptor();
    Field field = FileDescriptor.class.getDeclaredField("fd");
    field.setAccessible(true);
    field.setInt(descriptor, number);
    return descriptor;
  }
}
