package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.signalhub.OwnJvm;
import io.github.signalhub.jdkserver.OwnPort;
import io.github.signalhub.jdkserver.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of docs/deploying.md. {@code ProxiesIT} runs the proxy configurations of that guide. */
@Timeout(120)
class DeployingGuideIT {
  private static final Path FILES = Path.of("..", "..", "docs", "deploying");
  private static final Pattern OPTION = Pattern.compile("-XX:[\\w+=]+");

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile", "signal-hub.service"})
  void aServerThatIsToldToStopSendsItsClientsAwayFirst(String file) throws Exception {
    int port = OwnPort.next();
    Process process = start(port, List.of(), optionsOf(file));
    try {
      awaitHealth(process, port);
      try (RawClient client = RawClient.webSocket(port, "/ws?signal-hub=1")) {
        assertThat(client.readFrame().text()).contains("$hello");

        process.destroy(); // SIGTERM

        String text = client.readFrame().text();
        while (text.contains("$sync")) { // one may come at any time
          text = client.readFrame().text();
        }
        assertThat(text).contains("$bye").contains("retryAfterMs");
        assertThat(client.readFrame().closeCode()).isEqualTo(1001);
        assertThat(health(port)).isEqualTo(503);
        assertThat(status(port, RawClient.handshake("/ws"))).isEqualTo(503);
        client.send(RawClient.close(1001, ""));
      }
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143); // systemd's SuccessExitStatus
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theServiceIsGivenMoreTimeThanItsClients() throws IOException {
    Matcher seconds =
        Pattern.compile("TimeoutStopSec=(\\d+)")
            .matcher(Files.readString(FILES.resolve("signal-hub.service")));

    assertThat(seconds.find()).isTrue();
    assertThat(Integer.parseInt(seconds.group(1))).isGreaterThan(20);
  }

  @Test
  void clientsGoOnWhenThereAreNoDescriptorsLeft() throws Exception {
    int port = OwnPort.next();
    Process process =
        start(port, List.of("sh", "-c", "ulimit -n 150 && exec \"$@\"", "sh"), List.of());
    List<RawClient> many = new ArrayList<>();
    try {
      awaitHealth(process, port);
      try (RawClient client = RawClient.webSocket(port, "/ws")) {
        for (int i = 0; i < 200; i++) {
          many.add(new RawClient(port)); // the system accepts connections that the server does not
        }
        many.get(199).send(RawClient.handshake("/ws"));

        client.send(RawClient.frame(0x89, new byte[0]));
        assertThat(client.readFrame().opcode()).isEqualTo(0xA);

        for (RawClient each : many.subList(0, 199)) {
          each.close();
        }
        assertThat(many.get(199).readAnswer().status()).isEqualTo(101);
      }
    } finally {
      for (RawClient each : many) {
        each.close();
      }
      process.destroyForcibly();
    }
  }

  @Test
  void aJvmTakesAsManyDescriptorsAsTheHardLimitAllows() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -Sn 300 && ulimit -Hn && exec \"$@\"", "sh"));
    command.addAll(OwnJvm.command(List.of(), Descriptors.class));
    Process process = new ProcessBuilder(command).start();
    try (BufferedReader output = process.inputReader()) {
      String hardLimit = output.readLine();

      assertThat(output.readLine()).isEqualTo(hardLimit).isNotEqualTo("300");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Prints the file limit of this process. */
  static final class Descriptors {
    private Descriptors() {}

    public static void main(String[] args) {
      System.out.println(
          ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getMaxFileDescriptorCount());
    }
  }

  private static Process start(int port, List<String> before, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(OwnJvm.command(options, DeployingGuide.class));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.INHERIT);
    builder.environment().put("PORT", Integer.toString(port));
    return builder.start();
  }

  /** Returns the JVM options of the guide. Each of its files has the same ones. */
  private static List<String> optionsOf(String file) throws IOException {
    List<String> options = new ArrayList<>();
    try (Stream<String> lines = Files.lines(FILES.resolve(file))) {
      lines.forEach(line -> OPTION.matcher(line).results().forEach(it -> options.add(it.group())));
    }
    assertThat(options).containsExactly("-XX:MaxRAMPercentage=60");
    return options;
  }

  private static void awaitHealth(Process process, int port) throws Exception {
    int status = 0;
    while (status != 200) {
      assertThat(process.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(50);
      try {
        status = health(port);
      } catch (ConnectException e) {
        status = 0; // not yet
      }
    }
  }

  private static int health(int port) throws IOException {
    return status(port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  private static int status(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(request);
      return client.readAnswer().status();
    }
  }
}
