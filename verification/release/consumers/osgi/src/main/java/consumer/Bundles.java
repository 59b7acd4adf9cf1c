package consumer;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/**
 * Starts jars as bundles, and runs a program that sees their exported packages. Arguments: a folder
 * for OSGi, the classes of the program, its main class, and the jars.
 */
public final class Bundles {
  private Bundles() {}

  public static void main(String[] args) throws Exception {
    Framework framework =
        new FrameworkFactory().newFramework(Map.of("org.osgi.framework.storage", args[0]));
    framework.start();
    try {
      List<Bundle> bundles = new ArrayList<>();
      for (String jar : List.of(args).subList(3, args.length)) {
        bundles.add(framework.getBundleContext().installBundle(Path.of(jar).toUri().toString()));
      }
      for (Bundle bundle : bundles) {
        bundle.start();
      }
      try (Program program = new Program(Path.of(args[1]), bundles)) {
        program.loadClass(args[2]).getMethod("main", String[].class).invoke(null, (Object) args);
      }
    } finally {
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  /** The classes of the program. Other ones come from the bundles. */
  private static final class Program extends URLClassLoader {
    private final List<Bundle> bundles;

    Program(Path classes, List<Bundle> bundles) throws Exception {
      super(new URL[] {classes.toUri().toURL()});
      this.bundles = bundles;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      for (Bundle bundle : bundles) {
        try {
          return bundle.loadClass(name);
        } catch (ClassNotFoundException e) {
          continue; // with the next one
        }
      }
      return super.findClass(name);
    }
  }
}
