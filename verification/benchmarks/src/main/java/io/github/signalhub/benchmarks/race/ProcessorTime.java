package io.github.signalhub.benchmarks.race;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The CPU time of a process. On Linux it is the sum over its threads, in nanoseconds. Elsewhere it
 * is as precise as the system's figure, often 10 ms. Not thread-safe.
 */
public final class ProcessorTime {
  private final ProcessHandle process;
  private final Path tasks;
  private final Map<String, Long> nanosByThread = new HashMap<>(); // also of threads that ended
  private final Set<String> compilers = new HashSet<>(); // the threads of a JVM that compile

  /** Creates one that looks at a process. */
  public ProcessorTime(ProcessHandle process) {
    this.process = process;
    tasks = Path.of("/proc", Long.toString(process.pid()), "task");
  }

  /** Returns the time so far. It misses threads that began and ended between two calls. */
  public long nanos() throws IOException {
    if (!Files.isReadable(tasks.resolve(process.pid() + "/schedstat"))) {
      return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        String id = thread.getFileName().toString();
        try {
          String line = Files.readString(thread.resolve("schedstat"), US_ASCII);
          nanosByThread.put(id, Long.parseLong(line.substring(0, line.indexOf(' '))));
          if (Files.readString(thread.resolve("comm")).contains("CompilerThre")) {
            compilers.add(id);
          }
        } catch (IOException e) {
          // The thread ended meanwhile.
        }
      }
    }
    return nanosByThread.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the part of the latest {@link #nanos} that the compilers of a JVM took, on Linux. */
  long compilerNanos() {
    return compilers.stream().mapToLong(nanosByThread::get).sum();
  }
}
