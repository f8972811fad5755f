package meringue.launcher;

/** What {@code --main} names: {@code pkg.Class} or {@code pkg.Class#method}. */
final class EntryPoint {
  private static final String DEFAULT_METHOD = "main";

  final String className;
  final String method;

  private EntryPoint(String className, String method) {
    this.className = className;
    this.method = method;
  }

  static EntryPoint of(String main) {
    int mark = main.indexOf('#');
    if (mark < 0) return new EntryPoint(main, DEFAULT_METHOD);
    String method = main.substring(mark + 1);
    return new EntryPoint(main.substring(0, mark), method.isEmpty() ? DEFAULT_METHOD : method);
  }

  /** The class without its package. */
  String simpleName() {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
