/** Java actions of the conformance tables, each a class of its own file, by class name. */
export const JAVA_SOURCES = {
  "example.Echo": `package example;
import com.google.gson.JsonObject;
public class Echo {
  public static JsonObject main(JsonObject args) {
    System.out.println("hello stdout");
    System.err.println("hello stderr");
    return args;
  }
}`,
  "example.Other": `package example;
import com.google.gson.*;
public class Other {
  public static JsonObject naim(JsonObject args) { return args; }
  public static JsonArray naim(JsonArray args) { return args; }
}`,
  "example.Unicode": `package example;
import com.google.gson.JsonObject;
public class Unicode {
  public static JsonObject main(JsonObject args) {
    String winter = "❄ " + args.get("delimiter").getAsString() + " ❄";
    System.out.println(winter);
    JsonObject result = new JsonObject();
    result.addProperty("winter", winter);
    return result;
  }
}`,
  "example.Environment": `package example;
import com.google.gson.JsonObject;
public class Environment {
  private static final String SOME = System.getenv("SOME_VAR");
  public static JsonObject main(JsonObject args) {
    JsonObject result = new JsonObject();
    result.addProperty("SOME_VAR", SOME);
    result.addProperty("ANOTHER_VAR", System.getenv().get("ANOTHER_VAR"));
    return result;
  }
}`,
  "example.Context": `package example;
import com.google.gson.JsonObject;
public class Context {
  private static final String[] KEYS = {
    "api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"
  };
  public static JsonObject main(JsonObject args) {
    JsonObject result = new JsonObject();
    for (String key : KEYS) result.addProperty(key, System.getenv("__OW_" + key.toUpperCase()));
    return result;
  }
}`,
  Plain: `import com.google.gson.JsonObject;
public class Plain {
  public static JsonObject main(JsonObject args) {
    JsonObject result = new JsonObject();
    result.addProperty("it", "works");
    return result;
  }
}`,
  "example.Result": `package example;
import com.google.gson.*;
public class Result {
  public static JsonObject failed(JsonObject args) { return JsonParser.parseString("{'error':'sorry'}").getAsJsonObject(); }
  public static JsonArray array(JsonObject args) { return JsonParser.parseString("['a','b']").getAsJsonArray(); }
  public static JsonObject nothing(JsonObject args) { return null; }
  public static JsonObject half(JsonObject args) { return JsonParser.parseString("{'it':'\\\\ud800 ❄'}").getAsJsonObject(); }
  public static JsonObject numbers(JsonObject args) {
    JsonObject result = new JsonObject();
    result.addProperty("it", 0.0 / 0.0);
    return result;
  }
  public JsonObject notStatic(JsonObject args) { return args; }
  public static String text(JsonObject args) { return "text"; }
}`,
  "example.Failure": `package example;
import com.google.gson.JsonObject;
public class Failure {
  public static JsonObject thrown(JsonObject args) throws Exception { throw new Exception("noooooooo"); }
  public static JsonObject deep(JsonObject args) { return deep(args); }
  public static JsonObject memory(JsonObject args) { long[] much = new long[Integer.MAX_VALUE - 8]; return args; }
  public static JsonObject exits(JsonObject args) { System.exit(1); return args; }
  public static JsonObject halts(JsonObject args) { Runtime.getRuntime().halt(2); return args; }
  public static JsonObject refers(JsonObject args) {
    java.util.function.IntConsumer end = Runtime.getRuntime()::exit;
    switch (args.size()) { case 0: end.accept(3); case 5: case 900: return null; default: return args; }
  }
}`,
  "example.Dynamic": `package example;
import com.google.gson.JsonObject;
public class Dynamic {
  public static JsonObject main(JsonObject args) throws Exception {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    Object first = Class.forName("example.DynamicPart").getDeclaredConstructor().newInstance();
    Object second = loader.loadClass("example.DynamicPart").getDeclaredConstructor().newInstance();
    JsonObject result = new JsonObject();
    result.addProperty("it", first + " " + second);
    result.addProperty("resource", new java.util.Scanner(loader.getResourceAsStream("notes/a.txt")).nextLine());
    result.addProperty("version", String.valueOf(Dynamic.class.getPackage().getImplementationVersion()));
    return result;
  }
}`,
  "example.DynamicPart": `package example;
public class DynamicPart {
  @Override public String toString() { return "dynamic!"; }
}`,
  "example.Prints": `package example;
import com.google.gson.JsonObject;
public class Prints {
  public static JsonObject main(JsonObject args) throws Exception {
    System.out.print("out");
    System.err.print("err");
    System.out.close();
    return args;
  }
  public static JsonObject reads(JsonObject args) throws Exception {
    String script = "cat; ls /proc/self/fd; echo $__OW_DEADLINE $MERINGUE_ACTION_DIR";
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", script).redirectInput(ProcessBuilder.Redirect.INHERIT);
    builder.environment(); // Java hands its own on only to those who have looked at it
    Process child = builder.start();
    args.addProperty("it", new java.util.Scanner(child.getInputStream()).useDelimiter("\\\\A").next());
    args.addProperty("own", System.in.read());
    return args;
  }
}`,
} as const;

/** One of them. */
export type JavaClass = keyof typeof JAVA_SOURCES;
