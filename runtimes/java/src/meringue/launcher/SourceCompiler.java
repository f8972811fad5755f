package meringue.launcher;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** The compiler of this JDK, inside this process: it is warm sooner than one of its own. */
final class SourceCompiler {
  private SourceCompiler() {}

  /** Compiles into a folder, which is made. Warnings and notes don't matter. */
  static void compile(List<Path> sources, List<Path> jars, Path classes) throws IOException, CompilationFailed {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) throw new CompilationFailed("source needs a JDK, and this Java has no compiler: upload a jar");
    Files.createDirectories(classes);
    List<String> options = new ArrayList<>(Arrays.asList("-nowarn", "-Xlint:none", "-implicit:none"));
    if (jars.isEmpty()) options.add("-proc:none");
    StringWriter output = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      files.setLocation(StandardLocation.CLASS_OUTPUT, Collections.singletonList(classes.toFile()));
      List<File> path = files(jars);
      for (String own : System.getProperty("java.class.path").split(File.pathSeparator)) path.add(new File(own));
      files.setLocation(StandardLocation.CLASS_PATH, path);
      Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromFiles(files(sources));
      if (!compiler.getTask(output, files, null, options, null, units).call()) {
        throw new CompilationFailed(output.toString().trim());
      }
    }
  }

  private static List<File> files(List<Path> paths) {
    return paths.stream().map(Path::toFile).collect(Collectors.toList());
  }
}
