package meringue.launcher;

/** What an action's calls of {@code System.exit} end in: an action must not take its container along. */
public final class Exit {
  private Exit() {}

  /** In the place of {@code System.exit}. Always throws SecurityException. */
  public static void exit(int status) {
    throw new SecurityException("System.exit(" + status + ") called from within an action.");
  }

  /** In the places of {@code exit} and {@code halt} of Runtime. Always throws SecurityException. */
  public static void exit(Runtime runtime, int status) {
    exit(status);
  }
}
