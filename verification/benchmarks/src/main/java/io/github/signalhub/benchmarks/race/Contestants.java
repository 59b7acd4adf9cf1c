package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.race.Contestant.Kind;
import io.github.signalhub.benchmarks.servers.EchoHttpServer;
import io.github.signalhub.benchmarks.servers.HubServer;
import io.github.signalhub.benchmarks.servers.JavaWebSocketServer;
import io.github.signalhub.benchmarks.servers.NioFloor;
import io.github.signalhub.benchmarks.servers.PublishServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the servers on this machine. A server that is missing is listed with the reason. */
final class Contestants {
  /** Ends the names of the servers of an earlier build. */
  static final String BEFORE = " before";

  private static final String HEAP = "512m";
  private static final String NEED_PROFILE = "built with mvn -Prace only";

  /** Otherwise a full collection leaves up to 5 % of the old generation as garbage. */
  private static final String WHOLE_COLLECTIONS = "-XX:MarkSweepAlwaysCompactCount=1";

  private final Path target;
  private final Path folder;
  private final List<Contestant> all = new ArrayList<>();

  private Contestants(Path target, Path folder) {
    this.target = target;
    this.folder = folder;
  }

  /** Returns the folder that the build wrote this code to. */
  static Path target() {
    try {
      return Path.of(Race.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Lists the servers, in the order of the tables.
   *
   * @param folder gets the sources of the servers that are not in Java
   * @param before {@code benchmarks.jar} of an earlier build, whose hub takes part, too
   */
  static List<Contestant> find(Path folder, Optional<Path> before)
      throws IOException, InterruptedException {
    Contestants found = new Contestants(target(), folder);
    found.floors();
    found.jvms();
    found.node();
    found.http();
    found.all.add(found.ours("publisher", Kind.PUBLISHER, PublishServer.class));
    if (before.isPresent()) {
      String jar = before.get().toAbsolutePath().toString();
      found.all.add(found.ours("signal-hub" + BEFORE, Kind.HUB, HubServer.class, jar));
      found.all.add(found.ours("publisher" + BEFORE, Kind.PUBLISHER, PublishServer.class, jar));
    }
    return List.copyOf(found.all);
  }

  private void floors() throws IOException, InterruptedException {
    Path source = extract("floor.c");
    Path binary = folder.resolve("floor");
    Optional<String> missing = Optional.of("there is no C compiler (cc)");
    if (Machine.program("cc").isPresent()) {
      Process cc =
          new ProcessBuilder("cc", "-O2", "-o", binary.toString(), source.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("cc.txt").toFile())
              .start();
      missing = cc.waitFor() == 0 ? Optional.empty() : Optional.of("cc fails, see cc.txt");
    }
    all.add(
        new Contestant("floor in C", Kind.FLOOR_C, List.of(binary.toString()), List.of(), missing));
    all.add(ours("floor on NIO", Kind.FLOOR_NIO, NioFloor.class));
  }

  private void jvms() throws IOException {
    all.add(ours("signal-hub", Kind.HUB, HubServer.class));
    all.add(
        ours("Java-WebSocket " + javaWebSocketVersion(), Kind.JVM_PEER, JavaWebSocketServer.class));
    peer("Netty epoll", "netty-codec-http", "NettyServer");
    peer("Netty epoll (flush per read)", "netty-codec-http", "NettyServer", "batch");
    peer("Vert.x", "vertx-core", "VertxServer");
    peer("Jetty", "jetty-websocket-jetty-server", "JettyServer");
  }

  private List<String> tls() {
    return List.of("tls=" + keyFile(folder));
  }

  /** Returns the file of the servers' key. */
  static Path keyFile(Path folder) {
    return folder.resolve("key.p12");
  }

  private Contestant ours(String name, Kind kind, Class<?> main) {
    return ours(name, kind, main, classPath());
  }

  private Contestant ours(String name, Kind kind, Class<?> main, String path) {
    return new Contestant(
        name,
        kind,
        java(javaHome(), path, List.of(main.getName()), WHOLE_COLLECTIONS),
        kind == Kind.HUB || kind == Kind.JVM_PEER ? tls() : List.of(),
        Optional.empty());
  }

  private void peer(String name, String artifact, String main, String... arguments) {
    Path jars = target.resolve("peers");
    List<String> rest = new ArrayList<>();
    rest.add(NioFloor.class.getPackageName() + "." + main);
    rest.addAll(List.of(arguments));
    Optional<String> version = version(jars, artifact);
    all.add(
        new Contestant(
            version.map(found -> name.replaceFirst("^\\S+", "$0 " + found)).orElse(name),
            Kind.JVM_PEER,
            java(
                javaHome(),
                classPath() + File.pathSeparator + jars.resolve("*"),
                rest,
                WHOLE_COLLECTIONS),
            tls(),
            version.isPresent() ? Optional.empty() : Optional.of(NEED_PROFILE)));
  }

  private void node() throws IOException {
    Path script = extract("ws.mjs");
    Optional<Path> ws = ws(target.toAbsolutePath());
    Optional<String> missing = Optional.empty();
    if (Machine.program("node").isEmpty()) {
      missing = Optional.of("there is no node");
    } else if (ws.isEmpty()) {
      missing = Optional.of("npm ci has not brought ws");
    }
    String version = "";
    if (ws.isPresent()) {
      Matcher field =
          Pattern.compile("\"version\": *\"([^\"]+)")
              .matcher(Files.readString(ws.get().resolve("package.json")));
      version = field.find() ? field.group(1) + " " : "";
    }
    all.add(
        new Contestant(
            "ws " + version + "on Node",
            Kind.NODE_PEER,
            List.of(
                "node",
                "--expose-gc",
                "--max-old-space-size=512",
                script.toString(),
                ws.map(folder -> folder.resolve("wrapper.mjs").toUri().toString()).orElse("")),
            List.of(),
            missing));
  }

  private void http() throws IOException {
    Optional<Path> next = nextJdk();
    Optional<String> noNext =
        next.isPresent()
            ? Optional.empty()
            : Optional.of("there is no JDK 25, and JDK_NEXT names none");
    Path nextHome = next.orElse(javaHome());
    Path robaho = target.resolve("robaho");
    Optional<String> version = version(robaho, "httpserver");
    String withRobaho = classPath() + File.pathSeparator + robaho.resolve("*");
    String provider = "-Dcom.sun.net.httpserver.HttpServerProvider=";
    http("signal-hub", javaHome(), Optional.empty(), classPath(), "hub");
    http("JDK cached pool", javaHome(), Optional.empty(), classPath(), "cached");
    http("signal-hub", nextHome, noNext, classPath(), "hub");
    http("JDK virtual threads", nextHome, noNext, classPath(), "virtual");
    http(
        "robaho " + version.orElse(""),
        nextHome,
        noNext.or(() -> version.isPresent() ? Optional.empty() : Optional.of(NEED_PROFILE)),
        withRobaho,
        "virtual",
        provider + "robaho.net.httpserver.DefaultHttpServerProvider");
  }

  private void http(
      String name,
      Path home,
      Optional<String> missing,
      String path,
      String argument,
      String... options) {
    List<String> command =
        java(home, path, List.of(EchoHttpServer.class.getName(), argument), options);
    String jdk = missing.isPresent() ? "25" : release(home);
    all.add(
        new Contestant(name.strip() + " on JDK " + jdk, Kind.HTTP, command, List.of(), missing));
  }

  private List<String> java(Path home, String path, List<String> main, String... options) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("java").toString());
    command.add("-Xmx" + HEAP);
    command.add("-Djava.util.logging.config.file=" + folder.resolve("logging.properties"));
    command.add("-Dsun.net.httpserver.nodelay=true");
    command.add("-Drobaho.net.httpserver.nodelay=true");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", path));
    command.addAll(main);
    return List.copyOf(command);
  }

  private Path extract(String resource) throws IOException {
    Path file = folder.resolve(resource);
    try (InputStream in = Race.class.getResourceAsStream(resource)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /** Finds the package in a folder or above it, as Node does. */
  private static Optional<Path> ws(Path from) {
    for (Path at = from; at != null; at = at.getParent()) {
      Path ws = at.resolve("node_modules").resolve("ws");
      if (Files.isDirectory(ws)) {
        return Optional.of(ws);
      }
    }
    return Optional.empty();
  }

  private static String javaWebSocketVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        Race.class.getResourceAsStream(
            "/META-INF/maven/org.java-websocket/Java-WebSocket/pom.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return properties.getProperty("version", "");
  }

  private static Optional<String> version(Path jars, String artifact) {
    if (!Files.isDirectory(jars)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(jars, artifact + "-[0-9]*.jar")) {
      for (Path jar : found) {
        String name = jar.getFileName().toString();
        String version = name.substring(artifact.length() + 1, name.length() - ".jar".length());
        return Optional.of(version.replace(".Final", ""));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Finds the newest LTS: {@code JDK_NEXT}, or a JDK 25 in the folder of the running one. */
  private static Optional<Path> nextJdk() throws IOException {
    String named = System.getenv("JDK_NEXT");
    if (named != null && !named.isEmpty()) {
      return Optional.of(Path.of(named)).filter(Contestants::isJdk);
    }
    try (DirectoryStream<Path> beside =
        Files.newDirectoryStream(javaHome().toRealPath().getParent(), "*25*")) {
      for (Path home : beside) {
        if (isJdk(home)) {
          return Optional.of(home);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isJdk(Path home) {
    return Files.isExecutable(home.resolve("bin").resolve("java"));
  }

  private static String release(Path home) {
    try {
      for (String line : Files.readAllLines(home.resolve("release"))) {
        if (line.startsWith("JAVA_VERSION=")) {
          return line.substring("JAVA_VERSION=".length()).replace("\"", "");
        }
      }
    } catch (IOException e) {
      // Without the file, the folder's name has to do.
    }
    return home.getFileName().toString();
  }

  private static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }
}
