package io.github.signalhub.api;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A module that users get, with its classes as a folder or as a jar. Immutable. */
final class PublishedModule {
  static final PublishedModule HUB =
      new PublishedModule("signal-hub", io.github.signalhub.Hub.class);
  static final PublishedModule SERVER =
      new PublishedModule(
          "signal-hub-jdk-server", io.github.signalhub.jdkserver.SignalServer.class);
  static final PublishedModule TESTKIT =
      new PublishedModule("signal-hub-testkit", io.github.signalhub.testkit.Faults.class);
  static final PublishedModule REDIS =
      new PublishedModule("signal-hub-redis", io.github.signalhub.redis.RedisBackbone.class);

  private final String folder;
  private final Path classes;

  private PublishedModule(String folder, Class<?> member) {
    this.folder = folder;
    try {
      classes = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<PublishedModule> all() {
    return Stream.of(HUB, SERVER, TESTKIT, REDIS);
  }

  /** Returns the jar, or the folder of classes before it is packaged. */
  Path classes() {
    return classes;
  }

  /** Returns the file that has the signatures. */
  Path signatureFile() {
    return Path.of("..", "..", folder, "api.txt");
  }

  /** Returns the public types of the exported packages, by name. */
  List<Class<?>> types() throws IOException {
    ModuleReference module = ModuleFinder.of(classes).findAll().stream().findFirst().orElseThrow();
    Set<String> exported =
        module.descriptor().exports().stream()
            .filter(exports -> !exports.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    try (ModuleReader reader = module.open()) {
      return reader
          .list()
          .filter(name -> name.endsWith(".class"))
          .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
          .filter(name -> exported.contains(name.substring(0, Math.max(0, name.lastIndexOf('.')))))
          .filter(name -> !name.endsWith(".package-info"))
          .<Class<?>>map(PublishedModule::load)
          .filter(PublishedModule::isPublic)
          .sorted(Comparator.comparing(Class::getName))
          .toList();
    }
  }

  /**
   * Returns the public and protected members of all types, as {@code javap} prints them. The
   * members of a type are sorted, and what only newer JDKs print is left out.
   */
  List<String> signatures() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Class<?> type : types()) {
      List<String> printed = javap(type);
      lines.add(printed.get(0));
      printed.subList(1, printed.size() - 1).stream().sorted().forEach(lines::add);
      lines.add("}");
      lines.add("");
    }
    return lines;
  }

  private List<String> javap(Class<?> type) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String path =
        all().map(module -> module.classes.toString()).collect(joining(java.io.File.pathSeparator));
    int status =
        ToolProvider.findFirst("javap")
            .orElseThrow()
            .run(
                new PrintWriter(out),
                new PrintWriter(err),
                "-protected",
                "-constants",
                "-cp",
                path,
                type.getName());
    if (status != 0) {
      throw new UncheckedIOException(new IOException(err.toString()));
    }
    return out.toString()
        .lines()
        .filter(line -> !line.startsWith("Compiled from") && !line.isBlank())
        .map(line -> line.replaceAll("\\b(non-)?sealed ", "").replaceAll(" permits [^{]*", " "))
        .toList();
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublishedModule.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
  }

  @Override
  public String toString() {
    return folder;
  }
}
