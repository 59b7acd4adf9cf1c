package io.github.signalhub.benchmarks.race;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+(\\d+)\\s+(\\d+)");

  /** What lives in a heap after a collection. */
  record Heap(long objects, long bytes) {}

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
      case FLOOR_C, HTTP -> Optional.empty();
      case FLOOR_NIO, HUB, JVM_PEER -> Optional.of(histogram());
      case NODE_PEER -> {
        Writer in = process.outputWriter(StandardCharsets.UTF_8);
        in.write("heap\n");
        in.flush();
        yield Optional.of(new Heap(0, Long.parseLong(readLine())));
      }
    };
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

  private Heap histogram() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asked =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    Matcher total = TOTAL.matcher(said);
    if (!total.find()) {
      throw new IOException("expected a histogram of the heap, was: " + said.lines().findFirst());
    }
    return new Heap(Long.parseLong(total.group(1)), Long.parseLong(total.group(2)));
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
