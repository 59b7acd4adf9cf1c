package io.github.signalhub.examples;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the example until it is stopped (SIGTERM, Ctrl-C). {@link Settings} lists the environment
 * variables. If the example cannot start, it prints the reason to standard error in one line, and
 * exits with 1.
 */
public final class Main {
  private Main() {}

  /** Starts the example, prints the page's address and waits. */
  public static void main(String[] args) throws InterruptedException {
    logOnOneLine("");
    Example example;
    try {
      example = Example.start(Settings.of(System.getenv()));
    } catch (StartupException e) {
      System.err.println("signal-hub example: " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(example::close, "example-shutdown"));
    System.out.println("signal-hub example: " + describe(example.address()));
    new CountDownLatch(1).await(); // until the process is stopped
  }

  /**
   * Prints each log record on one line: time, level, class, message.
   *
   * @param name what each line has after its time
   */
  public static void logOnOneLine(String name) {
    System.setProperty(
        "java.util.logging.SimpleFormatter.format",
        "%1$tT.%1$tL " + name + "%4$s %3$s: %5$s%6$s%n");
  }

  /** Returns the page's address as a browser on this machine opens it. */
  public static String describe(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip.isAnyLocalAddress()) {
      return "http://localhost:" + address.getPort() + "/ (on every address of this machine)";
    }
    String host = ip.getHostAddress();
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + address.getPort()
        + "/";
  }
}
