package meringue.launcher;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;

/**
 * JSON on one line. Gson's own writing lets NaN pass, which is no JSON, and halves of surrogate pairs, which have no form
 * in UTF-8: as escapes they are still the same JSON.
 */
final class JsonText {
  private JsonText() {}

  /** Throws IllegalArgumentException for numbers that JSON does not know. */
  static String of(JsonElement element) {
    StringBuilder text = new StringBuilder();
    write(element, text);
    return text.toString();
  }

  private static void write(JsonElement element, StringBuilder text) {
    if (element.isJsonObject()) writeObject(element.getAsJsonObject(), text);
    else if (element.isJsonArray()) writeArray(element.getAsJsonArray(), text);
    else if (element.isJsonPrimitive()) writePrimitive(element.getAsJsonPrimitive(), text);
    else text.append("null");
  }

  private static void writeObject(JsonObject object, StringBuilder text) {
    char before = '{';
    for (Map.Entry<String, JsonElement> member : object.entrySet()) {
      text.append(before);
      before = ',';
      writeString(member.getKey(), text);
      text.append(':');
      write(member.getValue(), text);
    }
    text.append(before == '{' ? "{}" : "}");
  }

  private static void writeArray(JsonArray array, StringBuilder text) {
    char before = '[';
    for (JsonElement item : array) {
      text.append(before);
      before = ',';
      write(item, text);
    }
    text.append(before == '[' ? "[]" : "]");
  }

  private static void writePrimitive(JsonPrimitive primitive, StringBuilder text) {
    if (primitive.isString()) {
      writeString(primitive.getAsString(), text);
      return;
    }
    String plain = primitive.getAsString();
    if (plain.endsWith("NaN") || plain.endsWith("Infinity")) {
      throw new IllegalArgumentException("JSON has no number " + plain);
    }
    text.append(plain);
  }

  private static void writeString(String value, StringBuilder text) {
    text.append('"');
    int length = value.length();
    int written = 0;
    for (int index = 0; index < length; index++) {
      char letter = value.charAt(index);
      boolean plain = letter >= ' ' && letter != '"' && letter != '\\' && !Character.isSurrogate(letter);
      if (plain || (Character.isSurrogate(letter) && !isHalf(value, index))) continue;
      text.append(value, written, index);
      writeEscape(letter, text);
      written = index + 1;
    }
    text.append(value, written, length);
    text.append('"');
  }

  private static void writeEscape(char letter, StringBuilder text) {
    if (letter == '"' || letter == '\\') text.append('\\').append(letter);
    else if (letter == '\n') text.append("\\n");
    else if (letter == '\r') text.append("\\r");
    else if (letter == '\t') text.append("\\t");
    else text.append(String.format("\\u%04x", (int) letter));
  }

  /** Whether a surrogate has no other half. */
  private static boolean isHalf(String value, int index) {
    char letter = value.charAt(index);
    if (Character.isHighSurrogate(letter)) {
      return index + 1 >= value.length() || !Character.isLowSurrogate(value.charAt(index + 1));
    }
    return index == 0 || !Character.isHighSurrogate(value.charAt(index - 1));
  }
}
