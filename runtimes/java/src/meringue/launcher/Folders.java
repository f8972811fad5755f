package meringue.launcher;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/** Folders of uploads from strangers. */
final class Folders {
  private static final long TOTAL_LIMIT_BYTES = 1L << 30;
  private static final int BUFFER_BYTES = 65_536;

  private Folders() {}

  /** Throws ZipException when an entry wants to leave the folder, or all are too large. A link becomes a plain file. */
  static void unzip(byte[] archive, Path folder) throws IOException {
    long left = TOTAL_LIMIT_BYTES;
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path place = inside(folder, entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(place);
          continue;
        }
        Files.createDirectories(place.getParent());
        try (OutputStream file = Files.newOutputStream(place)) {
          left -= copy(entries, file, left);
        }
      }
    }
  }

  private static Path inside(Path folder, String name) throws ZipException {
    boolean steps = Arrays.asList(name.split("/")).contains("..");
    if (steps || name.startsWith("/") || name.indexOf('\0') >= 0) {
      throw new ZipException("the entry " + name + " lies outside of the folder");
    }
    return folder.resolve(name);
  }

  /** All that a stream holds. */
  static byte[] bytes(InputStream from) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    copy(from, bytes, TOTAL_LIMIT_BYTES);
    return bytes.toByteArray();
  }

  private static long copy(InputStream from, OutputStream to, long limitBytes) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long total = 0;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      total += count;
      if (total > limitBytes) throw new ZipException("the archive holds more than " + TOTAL_LIMIT_BYTES + " bytes");
      to.write(buffer, 0, count);
    }
    return total;
  }

  /** Removes what a folder holds, if it is there. */
  static void empty(Path folder) {
    if (!Files.isDirectory(folder)) return;
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> paths = all.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
      for (Path path : paths.subList(0, paths.size() - 1)) Files.delete(path); // the last one is the folder
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
