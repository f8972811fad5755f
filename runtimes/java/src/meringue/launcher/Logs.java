package meringue.launcher;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** stdout and stderr of the action. What is printed leaves at once, so that it survives a kill. */
final class Logs {
  private static final byte[] SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n".getBytes(StandardCharsets.US_ASCII);

  private final boolean sentinels;
  private final Log out;
  private final Log err;

  /** @param sentinels whether the end of an activation is marked */
  Logs(boolean sentinels) throws IOException {
    this.sentinels = sentinels;
    out = new Log(FileDescriptor.out);
    err = new Log(FileDescriptor.err);
  }

  /** Makes them what actions print to. */
  void take() {
    System.setOut(out.stream);
    System.setErr(err.stream);
  }

  /** Ends the logs of one activation, on a line of their own. */
  void end() {
    System.out.flush(); // the action may have put others in their places
    System.err.flush();
    out.end(sentinels);
    err.end(sentinels);
  }

  private static final class Log extends OutputStream {
    private final FileOutputStream file;
    private final PrintStream stream = new PrintStream(new BufferedOutputStream(this), true, "UTF-8");
    private boolean atLineStart = true;

    Log(FileDescriptor descriptor) throws IOException {
      file = new FileOutputStream(descriptor);
    }

    void end(boolean marked) {
      stream.flush();
      if (marked) {
        try {
          if (!atLineStart) file.write('\n');
          file.write(SENTINEL);
        } catch (IOException error) {
          throw new UncheckedIOException(error);
        }
      }
      atLineStart = true;
    }

    @Override
    public void write(int letter) throws IOException {
      write(new byte[] {(byte) letter}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) return;
      file.write(bytes, offset, length);
      atLineStart = bytes[offset + length - 1] == '\n';
    }

    @Override
    public void close() {
      // an action that closes System.out must not close the descriptor
    }
  }
}
