package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A hub and its server in their own process. Test and process exchange lines. Not thread-safe. */
final class ServerProcess implements AutoCloseable {
  private static final String PADDING = "p".repeat(200);

  private static final int WARM_UP_CLIENTS = 200;

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream questions;
  private final int port;

  private ServerProcess(Process process) throws IOException {
    this.process = process;
    answers = process.inputReader();
    questions = new PrintStream(process.getOutputStream(), true);
    port = Integer.parseInt(answers.readLine());
  }

  /**
   * Starts a process.
   *
   * @param port its port; 0 picks a free one
   * @param memory memory options of its JVM
   */
  static ServerProcess start(int port, String... memory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(memory));
    String logging = System.getProperty("java.util.logging.config.file");
    command.addAll(List.of("-Djava.util.logging.config.file=" + logging, "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(ServerProcess.class.getName(), Integer.toString(port)));
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  int port() {
    return port;
  }

  /** Returns the times of all handshakes, in milliseconds, in order. */
  double[] handshakes() throws IOException {
    return Arrays.stream(ask("handshakes").split(" "))
        .mapToDouble(Double::parseDouble)
        .sorted()
        .toArray();
  }

  /** Collects garbage and returns the bytes of heap in use. */
  long heapBytes() throws IOException {
    return Long.parseLong(ask("heap"));
  }

  /** Broadcasts consecutive numbers as fast as possible. Returns how often the log was full. */
  int publish(int from, int count) throws IOException {
    return Integer.parseInt(ask("publish " + from + " " + count));
  }

  private String ask(String question) throws IOException {
    questions.println(question);
    String answer = answers.readLine();
    assertThat(answer).as("the answer to " + question).isNotNull();
    return answer;
  }

  /** Closes the hub in good order, and waits until the process has ended. */
  void closeHub() {
    questions.println("close");
    process.onExit().orTimeout(90, TimeUnit.SECONDS).join();
  }

  /** Kills the process, and waits until it has ended. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(90, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }

  /** The process. */
  public static void main(String[] args) throws Exception {
    warmUp();
    Hub hub = Hub.create();
    List<Long> handshakes = new CopyOnWriteArrayList<>();
    SignalServer server =
        SignalServer.builder(hub)
            .port(Integer.parseInt(args[0]))
            .handshake(
                request -> {
                  handshakes.add(System.nanoTime());
                  return HandshakeDecision.accept().topics(request.topics());
                })
            .writeTimeout(Duration.ofHours(1)) // clients that do not read stay connected
            .pongTimeout(Duration.ofHours(1))
            .start();
    System.out.println(server.port());
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "handshakes" ->
            System.out.println(
                String.join(
                    " ", handshakes.stream().map(nanos -> Double.toString(nanos / 1e6)).toList()));
        case "publish" ->
            System.out.println(
                publish(hub, Integer.parseInt(words[1]), Integer.parseInt(words[2])));
        case "heap" -> System.out.println(heapInUse());
        case "close" -> {
          hub.close(Duration.ofSeconds(60));
          System.exit(0);
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
    System.exit(0);
  }

  /** Serves local clients first. Clients that come while classes load seem to come at once. */
  private static void warmUp() throws IOException {
    try (Hub hub = Hub.create();
        SignalServer server = SignalServer.start(hub, 0)) {
      for (int i = 0; i < WARM_UP_CLIENTS; i++) {
        RawClient.webSocket(server.port(), "/ws?signal-hub=1").close();
      }
    }
  }

  /** Broadcasts consecutive numbers. Returns how often the log was full. */
  private static int publish(Hub hub, int from, int count) throws InterruptedException {
    int overloads = 0;
    for (int i = from; i < from + count; i++) {
      while (!hub.broadcast("N", Map.of("n", i, "padding", PADDING)).isAccepted()) {
        overloads++;
        TimeUnit.MILLISECONDS.sleep(1); // when the log is full, the publisher must wait
      }
    }
    return overloads;
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
