package meringue.launcher;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** One action: initialised once, then run, one run at a time. Texts are those of upstream's java8action. */
final class Action {
  private static final String FAILED = "An error has occurred (see logs for details): ";
  private static final String RUN_FAILED = "An error has occurred while invoking the action (see logs for details): ";
  private static final String NO_CODE = "Missing main/no code to execute.";
  private static final String TWICE = "Cannot initialize the action more than once.";
  private static final String NOT_INITIALIZED = "Cannot invoke an uninitialized action.";
  private static final int REFUSED = 403;
  private static final int FAILURE = 502;

  private final Path folder;
  private final Logs logs;
  private final Environment environment;
  private ClassLoader loader;
  private Class<?> code;
  private String method;

  /** @param folder where what was uploaded is put; made if absent */
  Action(Path folder, Logs logs, Environment environment) {
    this.folder = folder;
    this.logs = logs;
    this.environment = environment;
  }

  Answer init(JsonElement value) {
    if (code != null) {
      System.err.println(TWICE);
      return Answer.failed(REFUSED, TWICE);
    }
    String main = text(value, "main");
    String uploaded = text(value, "code");
    if (main.isEmpty() || uploaded.isEmpty()) return Answer.failed(REFUSED, NO_CODE);
    Map<String, String> before = environment.copy();
    try {
      environment.setAll(value.getAsJsonObject().get("env"));
      boolean built = isTrue(value, "built");
      EntryPoint entry = EntryPoint.of(main);
      load(new Upload(uploaded, isTrue(value, "binary"), built, entry.simpleName()), entry);
      return new Answer(200, JsonText.of(initialised(text(value, "build_limit"))));
    } catch (Throwable error) {
      environment.restore(before);
      Answer answer = told(FAILED, error);
      Folders.empty(folder);
      logs.end();
      return answer;
    }
  }

  /** For an init that could not even be read. */
  Answer unreadable(Throwable reason) {
    Answer answer = told(FAILED, reason);
    logs.end();
    return answer;
  }

  Answer run(JsonObject message) {
    if (code == null) return Answer.failed(FAILURE, NOT_INITIALIZED);
    Thread.currentThread().setContextClassLoader(loader); // the action may have set another
    Answer answer;
    try {
      environment.setContext(message);
      answer = new Answer(200, JsonText.of(invoke(argument(message.get("value")))));
    } catch (InvocationTargetException error) {
      answer = told(RUN_FAILED, error.getCause());
    } catch (Throwable error) {
      answer = told(FAILED, error);
    }
    logs.end();
    return answer;
  }

  private void load(Upload upload, EntryPoint entry) throws Exception {
    ClassLoader made = upload.loader(folder);
    Class<?> loaded = made.loadClass(entry.className);
    if (Arrays.stream(loaded.getDeclaredMethods()).noneMatch(each -> each.getName().equals(entry.method))) {
      throw new NoSuchMethodException(entry.method);
    }
    loader = made;
    method = entry.method;
    code = loaded;
  }

  /** The answer to an init that went well, with what was built if somebody asked for it. */
  private JsonObject initialised(String limit) throws IOException {
    JsonObject answer = new JsonObject();
    answer.addProperty("ok", true);
    String build = limit.isEmpty() ? "" : Build.of(folder, Long.parseLong(limit));
    if (!build.isEmpty()) answer.addProperty("build", build);
    return answer;
  }

  private JsonElement invoke(JsonElement argument) throws ReflectiveOperationException {
    Method found = code.getMethod(method, argument.isJsonArray() ? JsonArray.class : JsonObject.class);
    Class<?> result = found.getReturnType();
    boolean fits = result == JsonObject.class || result == JsonArray.class;
    if (!fits || !Modifier.isStatic(found.getModifiers())) throw new NoSuchMethodException(found.toString());
    found.setAccessible(true); // a public method of a class that is not
    JsonElement answer = (JsonElement) found.invoke(null, argument);
    if (answer == null) throw new NullPointerException("The action returned null");
    return answer;
  }

  private static JsonElement argument(JsonElement value) {
    if (value == null || value.isJsonNull()) return new JsonObject();
    return value.isJsonArray() ? value : value.getAsJsonObject();
  }

  /** Prints an error to the log; the answer holds no more than its text. */
  private static Answer told(String prefix, Throwable error) {
    if (error instanceof CompilationFailed) {
      System.err.println(error.getMessage());
      return Answer.failed(FAILURE, error.getMessage());
    }
    error.printStackTrace();
    return Answer.failed(FAILURE, prefix + error);
  }

  private static String text(JsonElement value, String name) {
    if (value == null || !value.isJsonObject()) return "";
    JsonElement member = value.getAsJsonObject().get(name);
    return member == null || !member.isJsonPrimitive() ? "" : member.getAsString();
  }

  private static boolean isTrue(JsonElement value, String name) {
    return text(value, name).equals("true");
  }
}
