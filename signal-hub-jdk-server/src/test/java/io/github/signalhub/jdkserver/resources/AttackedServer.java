package io.github.signalhub.jdkserver.resources;

import com.sun.management.OperatingSystemMXBean;
import io.github.signalhub.jdkserver.EchoServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * An echo in its own process with a small heap. It answers {@code figures} on its input with a line
 * of figures. The end of its input ends it.
 */
final class AttackedServer implements AutoCloseable {
  /** Longer than a test. */
  static final Duration LONG = Duration.ofMinutes(5);

  private final OwnProcess process;

  /**
   * The figures of a server.
   *
   * @param heapBytes the heap in use after a collection
   * @param peakBytes the most heap in use since the last question, garbage included
   * @param descriptors open files and sockets; -1 if they cannot be counted here
   * @param cpuNanos processor time since the start
   */
  record Figures(long heapBytes, long peakBytes, long descriptors, long cpuNanos) {}

  private AttackedServer(OwnProcess process) {
    this.process = process;
  }

  /** Starts a server that waits so long for a handshake. */
  static AttackedServer start(Duration handshakeTimeout) throws IOException {
    List<String> options =
        List.of(
            "-Xmx64m",
            "-XX:MaxDirectMemorySize=32m",
            "-XX:+UseSerialGC"); // the peaks of its pools are meaningful
    return new AttackedServer(
        OwnProcess.start(options, AttackedServer.class, handshakeTimeout.toString()));
  }

  int port() {
    return process.port();
  }

  Figures figures() throws IOException {
    String[] words = process.ask("figures").split(" ");
    return new Figures(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }

  @Override
  public void close() {
    process.close();
  }

  /** The entry point of the process. */
  public static void main(String[] args) throws Exception {
    try (EchoServer server =
        EchoServer.start(
            options ->
                options
                    .handshakeTimeout(Duration.parse(args[0]))
                    .pingInterval(LONG)
                    .closeTimeout(Duration.ofSeconds(2)))) {
      System.out.println(server.port());
      BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
      while (questions.readLine() != null) {
        System.out.println(answer());
      }
    }
    System.exit(0);
  }

  private static String answer() {
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        peak += pool.getPeakUsage().getUsed();
      }
    }
    System.gc();
    ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long cpu =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    return heap + " " + peak + " " + descriptors() + " " + cpu;
  }

  private static long descriptors() {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return -1;
    }
    try (Stream<Path> files = Files.list(open)) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
