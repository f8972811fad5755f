package meringue.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What compiling made of source, as the platform keeps it: docs/build-cache.md. */
final class Build {
  /** Folder of the classes that were compiled; absent when nothing was. */
  static final String CLASSES = "classes";
  /** Folder of what an archive held, sources aside. */
  static final String CONTENT = "content";

  private Build() {}

  /** The build in an action's folder as base64; empty when there is none, or it is longer than so many characters. */
  static String of(Path folder, long limit) throws IOException {
    if (!Files.isDirectory(folder.resolve(CLASSES))) return "";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream archive = new ZipOutputStream(bytes)) {
      archive.setLevel(Deflater.BEST_SPEED);
      for (Path file : files(folder)) {
        if ((bytes.size() + Files.size(file) / 4) / 3 * 4 > limit) return "";
        archive.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        Files.copy(file, archive);
      }
    }
    String text = Base64.getEncoder().encodeToString(bytes.toByteArray());
    return text.length() <= limit ? text : "";
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Stream<Path> kept = all.filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".java"));
      return kept.sorted().collect(Collectors.toList());
    }
  }
}
