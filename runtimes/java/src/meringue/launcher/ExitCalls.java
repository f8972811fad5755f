package meringue.launcher;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Turns the calls of {@code System.exit}, {@code Runtime.exit} and {@code Runtime.halt} in a class file into calls of
 * {@link Exit}. No other way works in every version: the security manager warns in 17, and is gone in 24. Calls by
 * reflection are not found.
 */
final class ExitCalls {
  private static final int INVOKE_VIRTUAL = 0xb6;
  private static final int INVOKE_STATIC = 0xb8;
  private static final int HANDLE_STATIC = 6;
  private static final int POOL_COUNT_AT = 8;
  private static final String EXIT = "meringue/launcher/Exit";

  private final byte[] bytes;
  private final ByteBuffer file;
  /** Where each entry of the constant pool begins, at its tag. */
  private final int[] entries;
  private final int poolEnd;

  private ExitCalls(byte[] bytes) {
    this.bytes = bytes;
    file = ByteBuffer.wrap(bytes);
    entries = new int[u2(POOL_COUNT_AT)];
    int at = POOL_COUNT_AT + 2;
    for (int index = 1; index < entries.length; index++) {
      entries[index] = at;
      int tag = bytes[at];
      if (tag == 5 || tag == 6) index++; // long and double count as two
      at += 1 + entryLength(tag, at + 1);
    }
    poolEnd = at;
  }

  /** The class file with other calls, or as it was. What is no class file stays what it is. */
  static byte[] rewritten(byte[] bytes) throws IOException {
    boolean isClass = bytes.length > POOL_COUNT_AT + 2 && ByteBuffer.wrap(bytes).getInt() == 0xCAFEBABE;
    if (!isClass) return bytes;
    try {
      return new ExitCalls(bytes.clone()).rewrite(bytes);
    } catch (IndexOutOfBoundsException error) {
      return bytes; // broken: the Java machine says what is wrong
    }
  }

  private byte[] rewrite(byte[] original) throws IOException {
    int count = entries.length;
    // What is appended: 0 text, 1 class Exit, 2 text "exit", 3 text of a type, 4 name with type.
    boolean found = false;
    for (int index = 1; index < count; index++) {
      if (entries[index] == 0 || bytes[entries[index]] != 10) continue;
      int at = entries[index];
      if (calls(at, "java/lang/System", "exit")) {
        file.putShort(at + 1, (short) (count + 1));
        found = true;
      } else if (calls(at, "java/lang/Runtime", "exit") || calls(at, "java/lang/Runtime", "halt")) {
        makeStatic(index);
        file.putShort(at + 1, (short) (count + 1));
        file.putShort(at + 3, (short) (count + 4));
        found = true;
      }
    }
    return found && count + 5 < 0xffff ? withMoreConstants(count) : original;
  }

  private byte[] withMoreConstants(int count) throws IOException {
    ByteArrayOutputStream result = new ByteArrayOutputStream(bytes.length + 100);
    DataOutputStream out = new DataOutputStream(result);
    out.write(bytes, 0, POOL_COUNT_AT);
    out.writeShort(count + 5);
    out.write(bytes, POOL_COUNT_AT + 2, poolEnd - POOL_COUNT_AT - 2);
    out.writeByte(1);
    out.writeUTF(EXIT);
    out.writeByte(7);
    out.writeShort(count);
    out.writeByte(1);
    out.writeUTF("exit");
    out.writeByte(1);
    out.writeUTF("(Ljava/lang/Runtime;I)V");
    out.writeByte(12);
    out.writeShort(count + 2);
    out.writeShort(count + 3);
    out.write(bytes, poolEnd, bytes.length - poolEnd);
    return result.toByteArray();
  }

  private boolean calls(int at, String owner, String name) {
    int nameAndType = entries[u2(at + 3)];
    return isText(u2(nameAndType + 1), name)
        && isText(u2(nameAndType + 3), "(I)V")
        && isText(u2(entries[u2(at + 1)] + 1), owner);
  }

  private boolean isText(int index, String text) {
    int at = entries[index];
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.wrap(bytes, at + 3, u2(at + 1)).equals(ByteBuffer.wrap(wanted));
  }

  /** Calls of a method of an object become calls of a static one that takes the object first. */
  private void makeStatic(int method) {
    for (int at : entries) {
      boolean isHandle = at != 0 && bytes[at] == 15 && u2(at + 2) == method;
      if (isHandle) bytes[at + 1] = HANDLE_STATIC;
    }
    int at = poolEnd + 6;
    at += 2 + 2 * u2(at); // interfaces
    at = members(at, method, false);
    members(at, method, true);
  }

  /** Goes through fields or methods. Returns where they end. */
  private int members(int start, int method, boolean withCode) {
    int at = start + 2;
    for (int left = u2(start); left > 0; left--) {
      int attributes = u2(at + 6);
      at += 8;
      for (; attributes > 0; attributes--) {
        if (withCode && isText(u2(at), "Code")) changeCode(at + 14, file.getInt(at + 10), method);
        at += 6 + file.getInt(at + 2);
      }
    }
    return at;
  }

  private void changeCode(int start, int length, int method) {
    for (int at = start; at < start + length; at += instructionLength(start, at)) {
      if ((bytes[at] & 0xff) == INVOKE_VIRTUAL && u2(at + 1) == method) bytes[at] = (byte) INVOKE_STATIC;
    }
  }

  private int instructionLength(int start, int at) {
    int code = bytes[at] & 0xff;
    int operands = at + 4 - (at - start) % 4; // of switches: aligned
    if (code == 0xaa) return operands - at + 12 + 4 * (file.getInt(operands + 8) - file.getInt(operands + 4) + 1);
    if (code == 0xab) return operands - at + 8 + 8 * file.getInt(operands + 4);
    if (code == 0xc4) return (bytes[at + 1] & 0xff) == 0x84 ? 6 : 4;
    return plainLength(code);
  }

  private static int plainLength(int code) {
    if (code == 0xb9 || code == 0xba || code == 0xc8 || code == 0xc9) return 5;
    if (code == 0xc5) return 4;
    boolean two = code == 0x10 || code == 0x12 || code == 0xa9 || code == 0xbc;
    if (two || (code >= 0x15 && code <= 0x19) || (code >= 0x36 && code <= 0x3a)) return 2;
    boolean three = code == 0x11 || code == 0x13 || code == 0x14 || code == 0x84 || code == 0xbb || code == 0xbd;
    if (three || (code >= 0x99 && code <= 0xa8) || (code >= 0xb2 && code <= 0xb8)) return 3;
    return code == 0xc0 || code == 0xc1 || code == 0xc6 || code == 0xc7 ? 3 : 1;
  }

  private int entryLength(int tag, int at) {
    if (tag == 1) return 2 + u2(at);
    if (tag == 5 || tag == 6) return 8;
    if (tag == 7 || tag == 8 || tag == 16 || tag == 19 || tag == 20) return 2;
    return tag == 15 ? 3 : 4;
  }

  private int u2(int at) {
    return file.getShort(at) & 0xffff;
  }
}
