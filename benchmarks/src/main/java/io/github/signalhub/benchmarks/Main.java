package io.github.signalhub.benchmarks;

/**
 * The entry of {@code benchmarks.jar}: servers for load tests by name, else JMH with its own
 * options.
 */
public final class Main {
  private Main() {}

  /** Runs what the first argument names. */
  public static void main(String[] args) throws Exception {
    org.openjdk.jmh.Main.main(args);
  }
}
