package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uses the two jars on the module path, as an application does. */
@Timeout(120)
class ModulePathIT {
  private static final String MODULE =
      """
      module consumer {
        requires io.github.signalhub.jdkserver;
        requires java.net.http;
      }
      """;

  private static final String MAIN =
      """
      package consumer;

      import io.github.signalhub.Hub;
      import io.github.signalhub.jdkserver.SignalServer;
      import java.net.URI;
      import java.net.http.HttpClient;
      import java.net.http.WebSocket;
      import java.util.Map;
      import java.util.concurrent.CompletableFuture;
      import java.util.concurrent.CompletionStage;
      import java.util.concurrent.TimeUnit;

      public final class Main {
        public static void main(String[] args) throws Exception {
          CompletableFuture<String> received = new CompletableFuture<>();
          try (Hub hub = Hub.create();
              SignalServer server =
                  SignalServer.builder(hub)
                      .port(0)
                      .context("/hello", exchange -> exchange.sendResponseHeaders(204, -1))
                      .start()) {
            hub.onMessage((client, message) -> hub.broadcast(message));
            WebSocket socket =
                HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(
                        URI.create("ws://localhost:" + server.port() + "/ws"),
                        new WebSocket.Listener() {
                          @Override
                          public CompletionStage<?> onText(
                              WebSocket from, CharSequence text, boolean last) {
                            received.complete(text.toString());
                            return null;
                          }
                        })
                    .get(30, TimeUnit.SECONDS);
            socket.sendText("{\\"type\\":\\"HELLO\\",\\"payload\\":1}", true).get(30, TimeUnit.SECONDS);
            System.out.println("received " + received.get(30, TimeUnit.SECONDS));
            socket.abort();
          }
          System.out.println(SignalServer.class.getModule() + " " + Hub.class.getModule());
        }
      }
      """;

  @TempDir private Path folder;
  private String modulePath;

  @BeforeEach
  void findTheJars() throws Exception {
    String server = location(SignalServer.class);
    assertThat(server).as("these tests run after the package phase").endsWith(".jar");
    modulePath = server + File.pathSeparator + location(Hub.class);
  }

  @Test
  void aProgramCompilesAndRuns() throws Exception {
    Path source = Files.createDirectories(folder.resolve("src/consumer"));
    Path classes = folder.resolve("classes");
    Files.writeString(folder.resolve("src/module-info.java"), MODULE);
    Files.writeString(source.resolve("Main.java"), MAIN);

    int compiled =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-Xlint:all",
                "-Werror",
                "-p",
                modulePath,
                "-d",
                classes.toString(),
                folder.resolve("src/module-info.java").toString(),
                source.resolve("Main.java").toString());
    assertThat(compiled).isZero();
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                modulePath + File.pathSeparator + classes,
                "-m",
                "consumer/consumer.Main")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(program.getInputStream().readAllBytes(), UTF_8);

    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output)
        .contains("received {\"type\":\"HELLO\",\"payload\":1,")
        .contains("module io.github.signalhub.jdkserver module io.github.signalhub");
    assertThat(program.exitValue()).isZero();
  }

  private static String location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
