package meringue.launcher;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** One line after the other, each as a stream of its own: a line may hold an archive, and is not kept whole. */
final class LineInput extends InputStream {
  private static final int BUFFER_BYTES = 65_536;
  private static final String INIT = "{\"init\"";

  private final BufferedInputStream input;
  private boolean ended = true;
  private boolean isInit;

  LineInput(InputStream input) {
    this.input = new BufferedInputStream(input, BUFFER_BYTES);
  }

  /** Goes to the next line, past what is left of this one. Returns false when there is none. */
  boolean next() throws IOException {
    while (!ended) read();
    input.mark(1);
    if (input.read() < 0) return false;
    input.reset();
    isInit = beginsWith(INIT);
    ended = false;
    return true;
  }

  /** Whether this line brings an action, which is known even if it can't be parsed. */
  boolean isInit() {
    return isInit;
  }

  /** Reads no further than to the first difference: the rest of a line may not be there yet. */
  private boolean beginsWith(String text) throws IOException {
    input.mark(text.length());
    boolean same = true;
    for (int index = 0; same && index < text.length(); index++) same = input.read() == text.charAt(index);
    input.reset();
    return same;
  }

  /** Whether a line has begun to arrive. */
  boolean isWaiting() throws IOException {
    return input.available() > 0;
  }

  @Override
  public int read() throws IOException {
    if (ended) return -1;
    int next = input.read();
    ended = next < 0 || next == '\n';
    return ended ? -1 : next;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (ended) return -1;
    input.mark(length);
    int count = input.read(target, offset, length);
    if (count < 0) {
      ended = true;
      return -1;
    }
    for (int index = 0; index < count; index++) {
      if (target[offset + index] != '\n') continue;
      input.reset();
      for (long left = index + 1L; left > 0; ) left -= input.skip(left);
      ended = true;
      return index == 0 ? -1 : index;
    }
    return count;
  }
}
