package io.github.signalhub.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of {@code docs/logging.md}, each in its own process. */
@Timeout(120)
class LoggingBridgesIT {
  private static final String BRACES = "{} {0} %s ${env:HOME} it's";

  @TempDir Path folder;

  @Test
  void logbackGetsFinishedLinesAsTheGuideSetsItUp() throws Exception {
    assertFinishedLines("slf4j", "logback.xml");
  }

  @Test
  void log4jGetsFinishedLinesAsTheGuideSetsItUp() throws Exception {
    assertFinishedLines("log4j", "log4j2.xml");
  }

  private void assertFinishedLines(String bridge, String configuration) throws Exception {
    Files.writeString(folder.resolve(configuration), guidesConfiguration(configuration));

    List<String> lines = run(bridge);

    assertThat(lines)
        .anyMatch(line -> line.matches("[0-9:.]+ INFO +.*Hub Client connected: [0-9a-f]{32}"))
        .anyMatch(
            line ->
                line.matches("[0-9:.]+ INFO +.*Hub Client disconnected: [0-9a-f]{32} .*")
                    && line.endsWith("(4000 x\\u000aFORGED " + BRACES + ")"))
        .anyMatch(line -> line.matches("[0-9:.]+ WARN +.*Hub A listener failed"))
        .anyMatch(line -> line.endsWith("NumberFormatException: x\\u000aFORGED " + BRACES))
        .noneMatch(line -> line.startsWith("FORGED"));
  }

  /** Returns the code block after the name of a file in the guide. */
  private static String guidesConfiguration(String file) throws IOException {
    String guide = Files.readString(Path.of("..", "..", "docs", "logging.md"));
    int start = guide.indexOf("```xml\n", guide.indexOf("`" + file + "`:")) + "```xml\n".length();
    return guide.substring(start, guide.indexOf("```", start));
  }

  private List<String> run(String bridge) throws Exception {
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of("target", "bridges", bridge))) {
      jars = files.toList();
    }
    String ours =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("slf4j"))
            .collect(Collectors.joining(File.pathSeparator));
    String classPath =
        folder
            + File.pathSeparator
            + jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator))
            + File.pathSeparator
            + ours;
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                Said.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> lines = Files.readAllLines(output, UTF_8);
    assertThat(ended && process.exitValue() == 0).as("%s", lines).isTrue();
    return lines;
  }

  /** A server, and a client with hostile texts. */
  static final class Said {
    private Said() {}

    public static void main(String[] args) throws Exception {
      CountDownLatch left = new CountDownLatch(1);
      Hub hub = Hub.create();
      hub.addListener(
          new io.github.signalhub.HubListener() {
            @Override
            public void onMessage(
                io.github.signalhub.Client client, io.github.signalhub.Message message) {
              throw new NumberFormatException(message.type());
            }

            @Override
            public void onDisconnect(
                io.github.signalhub.Client client,
                io.github.signalhub.connection.DisconnectReason reason) {
              left.countDown();
            }
          });
      SignalServer server = SignalServer.builder(hub).port(0).start();
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.text("{\"type\":\"x\\nFORGED " + BRACES + "\"}"));
        client.send(RawClient.close(4000, "x\nFORGED " + BRACES));
        client.readToClose();
      }
      if (!left.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the client is still there");
      }
      hub.close();
    }
  }
}
