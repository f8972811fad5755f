package meringue.launcher;

import com.google.gson.JsonObject;

/** An action to warm up with. */
public final class Sample {
  private Sample() {}

  /** Returns its argument. */
  public static JsonObject main(JsonObject argument) {
    System.out.println(argument);
    return argument;
  }
}
