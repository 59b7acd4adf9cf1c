package io.github.signalhub.examples;

import java.util.concurrent.CountDownLatch;

/**
 * Runs the example until it is stopped (SIGTERM, Ctrl-C). See {@link Settings} for what the
 * environment can say. Exit status 1 with one line on standard error if it cannot start.
 */
public final class Main {
  private Main() {}

  /** Starts the example, prints the page's address and waits. */
  public static void main(String[] args) throws InterruptedException {
    LogLines.install();
    Example example;
    try {
      example = Example.start(Settings.of(System.getenv()));
    } catch (StartupException e) {
      System.err.println("signal-hub example: " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(example::close, "example-shutdown"));
    System.out.println("signal-hub example: http://localhost:" + example.port() + "/");
    new CountDownLatch(1).await(); // until the process is told to stop
  }
}
