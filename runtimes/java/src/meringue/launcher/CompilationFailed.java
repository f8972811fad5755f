package meringue.launcher;

/** The source does not compile. The message is what the compiler says. */
final class CompilationFailed extends Exception {
  private static final long serialVersionUID = 1;

  CompilationFailed(String message) {
    super(message);
  }
}
