package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a measurement in its own JVM, because other tests would change a shared heap. */
public final class OwnJvm {
  private OwnJvm() {}

  /**
   * Runs a class to its end, which must be successful.
   *
   * @param heap the greatest heap, such as {@code 256m}
   * @return the lines that it printed
   */
  public static List<String> run(String heap, Class<?> main, String... args)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(List.of("-Xmx" + heap, "-XX:+UseSerialGC"));
    String logging = System.getProperty("java.util.logging.config.file");
    if (logging != null) { // or the console is told of 40,000 clients
      options.add("-Djava.util.logging.config.file=" + logging);
    }
    List<String> command = command(options, main, args);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output = process.inputReader()) {
      List<String> lines = output.lines().toList();
      assertThat(process.waitFor()).isZero();
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Returns the command that runs a class of this class path, with these options of the JVM. */
  public static List<String> command(List<String> options, Class<?> main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    return command;
  }

  /** Returns the used bytes of the heap after full collections; for the measurement. */
  public static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
