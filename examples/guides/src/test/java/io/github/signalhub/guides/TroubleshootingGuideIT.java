package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.OwnJvm;
import io.github.signalhub.jdkserver.OwnPort;
import io.github.signalhub.jdkserver.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/troubleshooting.md. {@code TroubleshootingDocumentTest} checks its tables. */
@Timeout(120)
class TroubleshootingGuideIT {
  private static final Path PAGE = Path.of("..", "..", "docs", "troubleshooting.md");

  @Test
  void theFileShowsRefusedRequests(@TempDir Path folder) throws Exception {
    Path levels = Files.write(folder.resolve("debug.properties"), block("properties"));
    int port = OwnPort.next();
    ProcessBuilder builder =
        new ProcessBuilder(
                OwnJvm.command(
                    List.of("-Djava.util.logging.config.file=" + levels), DeployingGuide.class))
            .redirectErrorStream(true);
    builder.environment().put("PORT", Integer.toString(port));
    Process process = builder.start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(answerOf(process, port)).isEqualTo(426);

      String line = output.readLine();
      while (!line.contains("Refused a request with 426")) {
        line = output.readLine();
      }
      assertThat(line).startsWith("FINE");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Asks for the path of the WebSocket as a browser's tab does, once the server is there. */
  private static int answerOf(Process process, int port) throws Exception {
    while (true) {
      assertThat(process.isAlive()).isTrue();
      try (RawClient client = new RawClient(port)) {
        client.send("GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return client.readAnswer().status();
      } catch (ConnectException e) {
        TimeUnit.MILLISECONDS.sleep(50); // not yet
      }
    }
  }

  private static List<String> block(String language) throws IOException {
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.equals("```" + language))
        .skip(1)
        .takeWhile(line -> !line.equals("```"))
        .toList();
  }
}
