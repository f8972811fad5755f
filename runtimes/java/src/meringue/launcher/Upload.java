package meringue.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What was uploaded: a jar, one source file, or a zip of sources and jars. */
final class Upload {
  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  private final String code;
  private final boolean binary;
  private final boolean built;
  private final String name;

  /**
   * @param code base64 of an archive, or text
   * @param binary whether it may be base64
   * @param built whether it is what {@link Build} made of another
   * @param name of the class that one source file holds
   */
  Upload(String code, boolean binary, boolean built, String name) {
    this.code = code;
    this.binary = binary;
    this.built = built;
    this.name = name;
  }

  /** Puts it into a folder, compiles what is to be, and tells where its classes come from. */
  ClassLoader loader(Path folder) throws IOException, CompilationFailed {
    Files.createDirectories(folder);
    if (built) {
      Folders.unzip(Base64.getDecoder().decode(code), folder);
      return loaderOf(folder);
    }
    byte[] bytes = bytes();
    if (!isZip(bytes)) return compiledSource(folder, bytes);
    if (isJar(bytes)) {
      Path jar = folder.resolve("action.jar");
      Files.write(jar, bytes);
      return new ActionLoader(urls(Collections.singletonList(jar)));
    }
    return compiledArchive(folder, bytes);
  }

  /** Source whose letters happen to be base64 is source. */
  private byte[] bytes() {
    if (binary) {
      try {
        byte[] decoded = Base64.getDecoder().decode(code.trim());
        if (isZip(decoded) || !looksLikeSource(code)) return decoded;
      } catch (IllegalArgumentException error) {
        // not base64 after all
      }
    }
    return code.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean looksLikeSource(String text) {
    return text.contains("{");
  }

  private static boolean isZip(byte[] bytes) {
    return bytes.length > 3 && bytes[0] == 'P' && bytes[1] == 'K';
  }

  /** A jar has a manifest. Without one, it is what holds nothing that is to be compiled or put on the class path. */
  private static boolean isJar(byte[] bytes) throws IOException {
    boolean hasParts = false;
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        String name = entry.getName();
        if (name.equals(MANIFEST)) return true;
        hasParts |= name.endsWith(".java") || name.endsWith(".jar");
      }
    }
    return !hasParts;
  }

  private ClassLoader compiledSource(Path folder, byte[] bytes) throws IOException, CompilationFailed {
    Path source = folder.resolve(name + ".java");
    Files.write(source, bytes);
    SourceCompiler.compile(Collections.singletonList(source), Collections.emptyList(), folder.resolve(Build.CLASSES));
    return loaderOf(folder);
  }

  private static ClassLoader compiledArchive(Path folder, byte[] bytes) throws IOException, CompilationFailed {
    Path content = folder.resolve(Build.CONTENT);
    Folders.unzip(bytes, content);
    List<Path> sources = filesNamed(content, ".java");
    if (!sources.isEmpty()) SourceCompiler.compile(sources, filesNamed(content, ".jar"), folder.resolve(Build.CLASSES));
    return loaderOf(folder);
  }

  /** For a folder with classes that were compiled, and what else an archive held. */
  private static ClassLoader loaderOf(Path folder) throws IOException {
    Path content = folder.resolve(Build.CONTENT);
    List<Path> path = new ArrayList<>(Arrays.asList(folder.resolve(Build.CLASSES), content));
    if (Files.isDirectory(content)) path.addAll(filesNamed(content, ".jar"));
    return new ActionLoader(urls(path));
  }

  private static List<Path> filesNamed(Path folder, String end) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Stream<Path> named = files.filter(file -> file.toString().endsWith(end) && Files.isRegularFile(file));
      return named.sorted().collect(Collectors.toList());
    }
  }

  private static URL[] urls(List<Path> paths) throws IOException {
    URL[] urls = new URL[paths.size()];
    for (int index = 0; index < urls.length; index++) urls[index] = paths.get(index).toUri().toURL();
    return urls;
  }
}
