package io.github.signalhub.benchmarks.race;

import io.github.signalhub.benchmarks.Heap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running server. Its first line ends with its port. Not thread-safe. */
final class ServerProcess implements AutoCloseable {
  private static final int SECONDS = 60;
  private static final Pattern PORT = Pattern.compile(".*port (\\d+)");

  final Contestant contestant;
  final int port;
  private final Process process;
  private final ProcessorTime processorTime;
  private final BufferedReader out;
  private final Thread atExit;

  /**
   * Starts a server, and waits for its port.
   *
   * @param core the core that it runs on; empty: any
   * @param errors gets its error output
   * @throws IOException if it does not start within 60 seconds
   */
  ServerProcess(Contestant contestant, Optional<Integer> core, Path errors)
      throws IOException, InterruptedException {
    this.contestant = contestant;
    List<String> command = new ArrayList<>();
    core.ifPresent(number -> command.addAll(List.of("taskset", "-c", number.toString())));
    command.addAll(contestant.command());
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
    processorTime = new ProcessorTime(process.toHandle());
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    try {
      String first = readLine();
      Matcher line = PORT.matcher(first);
      if (!line.matches()) {
        throw new IOException("expected a line with the port, was " + first + ", see " + errors);
      }
      port = Integer.parseInt(line.group(1));
    } catch (IOException | InterruptedException e) {
      close();
      throw e;
    }
  }

  long cpuNanos() throws IOException {
    return processorTime.nanos();
  }

  /** Returns the part of the latest {@link #cpuNanos} that the compilers of a JVM took. */
  long compilerNanos() {
    return processorTime.compilerNanos();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Collects the garbage and returns what is left; empty for a server without such a heap. */
  Optional<Heap> heap() throws IOException, InterruptedException {
    return switch (contestant.kind()) {
      case FLOOR_C, HTTP, PUBLISHER -> Optional.empty();
      case FLOOR_NIO, HUB, JVM_PEER -> Optional.of(Heap.of(process.pid()));
      case NODE_PEER -> Optional.of(new Heap(Long.parseLong(ask("heap")), Map.of()));
    };
  }

  /** Sends a line to the server's standard input, and returns the line that it answers. */
  String ask(String line) throws IOException, InterruptedException {
    Writer in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(line + "\n");
    in.flush();
    return readLine();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The hook runs already.
    }
  }

  private String readLine() throws IOException, InterruptedException {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf(out.readLine());
              } catch (IOException e) {
                return e.toString();
              }
            });
    try {
      return line.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("expected a line within " + SECONDS + " s", e);
    }
  }
}
