package meringue.launcher;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment as {@code System.getenv} and {@code ProcessBuilder.environment} show it. Java has no way to change it: this
 * is one. A child process whose builder was not asked for its environment gets the one that this process began with.
 */
final class Environment {
  private final Map<String, String> variables;

  /** Needs {@code --add-opens java.base/java.util=ALL-UNNAMED}, or the same in the manifest of the jar. */
  @SuppressWarnings("unchecked")
  Environment() throws ReflectiveOperationException {
    Field writable = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
    writable.setAccessible(true);
    variables = (Map<String, String>) writable.get(System.getenv());
  }

  String remove(String name) {
    return variables.remove(name);
  }

  Map<String, String> copy() {
    return new HashMap<>(variables);
  }

  void restore(Map<String, String> before) {
    variables.keySet().retainAll(before.keySet());
    variables.putAll(before);
  }

  /** Sets what the init parameters ask for. */
  void setAll(JsonElement wanted) {
    if (wanted == null || !wanted.isJsonObject()) return;
    for (Map.Entry<String, JsonElement> entry : wanted.getAsJsonObject().entrySet()) {
      set(entry.getKey(), entry.getValue());
    }
  }

  /** Sets the context of an activation: every member of a run's body but its value. */
  void setContext(JsonObject message) {
    for (Map.Entry<String, JsonElement> entry : message.entrySet()) {
      if (!entry.getKey().equals("value")) set("__OW_" + upperCase(entry.getKey()), entry.getValue());
    }
  }

  /** Of names that are ASCII: String's own loads locales. */
  private static String upperCase(String name) {
    StringBuilder upper = new StringBuilder(name);
    for (int index = 0; index < upper.length(); index++) {
      char letter = upper.charAt(index);
      if (letter >= 'a' && letter <= 'z') upper.setCharAt(index, (char) (letter - 'a' + 'A'));
    }
    return upper.toString();
  }

  private void set(String name, JsonElement value) {
    if (value.isJsonNull()) variables.put(name, "");
    else if (value.isJsonPrimitive()) variables.put(name, value.getAsString());
    else variables.put(name, JsonText.of(value));
  }
}
