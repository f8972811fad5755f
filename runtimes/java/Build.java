import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * {@code java Build.java SOURCES GSON JAR} makes the launcher: one jar, Gson in it. One, because the opening of packages
 * works fastest when the manifest of a program asks for it, and because an archive of classes then needs one path.
 */
final class Build {
  private static final String MANIFEST =
      """
      Manifest-Version: 1.0
      Main-Class: meringue.launcher.Launcher
      Add-Opens: java.base/java.util java.base/java.io
      """;

  private Build() {}

  public static void main(String[] arguments) throws IOException {
    Path sources = Path.of(arguments[0]);
    Path gson = Path.of(arguments[1]);
    Path jar = Path.of(arguments[2]);
    Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
    compile(filesIn(sources), gson, classes);
    Manifest manifest = new Manifest();
    try (InputStream text = new ByteArrayInputStream(MANIFEST.getBytes(StandardCharsets.UTF_8))) {
      manifest.read(text);
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Path file : filesIn(classes)) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
      copyGson(gson, out);
    }
    remove(classes);
  }

  private static void compile(List<Path> sources, Path gson, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      files.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of(gson));
      List<String> options = List.of("-nowarn", "-proc:none", "-g:source,lines");
      if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources)).call()) {
        System.exit(1);
      }
    }
  }

  private static void copyGson(Path gson, JarOutputStream target) throws IOException {
    try (JarFile jar = new JarFile(gson.toFile())) {
      for (JarEntry entry : jar.stream().filter(each -> each.getName().startsWith("com/google/gson/")).toList()) {
        if (entry.isDirectory()) continue;
        target.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream content = jar.getInputStream(entry)) {
          content.transferTo(target);
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
    }
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
