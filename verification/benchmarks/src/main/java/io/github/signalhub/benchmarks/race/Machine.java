package io.github.signalhub.benchmarks.race;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The machine of a run, and its limits. */
public final class Machine {
  private static final int SPARE_FILES = 300;
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on every Linux

  private Machine() {}

  /**
   * Checks that the generator and each server may open enough files.
   *
   * @throws IOException if not
   */
  static void requireOpenFiles(int clients) throws IOException {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      requireOpenFiles(clients, system.getMaxFileDescriptorCount());
    }
  }

  /** The same with a known limit. */
  static void requireOpenFiles(int clients, long limit) throws IOException {
    long wanted = clients + SPARE_FILES;
    if (limit < wanted) {
      throw new IOException(
          "expected a limit of at least %,d open files for %,d clients, was %,d: run 'ulimit -n %d' first"
              .formatted(wanted, clients, limit, wanted));
    }
  }

  /** Returns the path of a program, if it is in {@code PATH}. */
  public static Optional<Path> program(String name) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path file = Path.of(directory, name);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** Returns whether servers and generator can have a core each. */
  static boolean canPin() {
    return program("taskset").isPresent() && Runtime.getRuntime().availableProcessors() >= 2;
  }

  /** Moves all threads of this process to a core. */
  static void pinThisProcess(int core) throws IOException, InterruptedException {
    String pid = Long.toString(ProcessHandle.current().pid());
    Process taskset =
        new ProcessBuilder("taskset", "-a", "-c", "-p", Integer.toString(core), pid)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (taskset.waitFor() != 0) {
      throw new IOException("expected taskset to succeed, was exit code " + taskset.exitValue());
    }
  }

  /** Returns the CPU time of all processes together, and of other virtual machines on our cores. */
  public static long busyNanos() throws IOException {
    Path stat = Path.of("/proc/stat");
    if (!Files.isReadable(stat)) {
      return 0;
    }
    String[] fields = Files.readAllLines(stat).get(0).split("\\s+");
    // user, nice, system, idle, iowait, irq, softirq, steal
    return NANOS_PER_TICK
        * Arrays.stream(new int[] {1, 2, 3, 6, 7, 8})
            .mapToLong(i -> Long.parseLong(fields[i]))
            .sum();
  }

  /** Returns one line about processors, system and JVM. */
  public static String describe() throws IOException {
    return "%s; %d cores; %s %s; JDK %s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.version());
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    List<String> lines = Files.isReadable(info) ? Files.readAllLines(info) : List.of();
    return lines.stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 2))
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }
}
