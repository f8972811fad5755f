package meringue.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.security.CodeSource;
import java.security.cert.Certificate;
import java.util.jar.Manifest;

/** Loads an action's classes, in which calls that end the process become calls of {@link Exit}. */
final class ActionLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  ActionLoader(URL[] urls) {
    super(urls, ActionLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    String path = name.replace('.', '/') + ".class";
    URL place = findResource(path);
    if (place == null) throw new ClassNotFoundException(name);
    try {
      URLConnection connection = place.openConnection();
      byte[] bytes;
      try (InputStream input = connection.getInputStream()) {
        bytes = ExitCalls.rewritten(Folders.bytes(input));
      }
      definePackageOf(name, connection);
      return defineClass(name, bytes, 0, bytes.length, new CodeSource(root(place, path), (Certificate[]) null));
    } catch (IOException error) {
      throw new ClassNotFoundException(name, error);
    }
  }

  @SuppressWarnings("deprecation") // newer Java has another way to ask
  private void definePackageOf(String name, URLConnection connection) throws IOException {
    int end = name.lastIndexOf('.');
    if (end < 0 || getPackage(name.substring(0, end)) != null) return;
    String packageName = name.substring(0, end);
    Manifest manifest = connection instanceof JarURLConnection ? ((JarURLConnection) connection).getManifest() : null;
    try {
      if (manifest == null) definePackage(packageName, null, null, null, null, null, null, null);
      else definePackage(packageName, manifest, ((JarURLConnection) connection).getJarFileURL());
    } catch (IllegalArgumentException error) {
      if (getPackage(packageName) == null) throw error; // else another thread was faster
    }
  }

  /** The jar, or the folder, that a class file lies in. */
  private static URL root(URL place, String path) throws IOException {
    URLConnection connection = place.openConnection();
    if (connection instanceof JarURLConnection) return ((JarURLConnection) connection).getJarFileURL();
    String text = place.toString();
    return URI.create(text.substring(0, text.length() - path.length())).toURL();
  }
}
