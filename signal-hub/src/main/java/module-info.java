/**
 * The hub: a log with cursors that a Java program publishes to and any number of clients follow.
 * Depends on {@code java.base} alone.
 */
@SuppressWarnings("module") // the modules that it is exported to are not known here
module io.github.signalhub {
  requires static org.jspecify;

  exports io.github.signalhub;
  exports io.github.signalhub.admission;
  exports io.github.signalhub.connection;
  exports io.github.signalhub.flow;
  exports io.github.signalhub.json;
  exports io.github.signalhub.memory;
  exports io.github.signalhub.metrics;
  exports io.github.signalhub.spi;
  exports io.github.signalhub.internal.address to
      io.github.signalhub.jdkserver;
  exports io.github.signalhub.internal.counters to
      io.github.signalhub.jdkserver;
  exports io.github.signalhub.internal.logger to
      io.github.signalhub.jdkserver,
      io.github.signalhub.redis;
  exports io.github.signalhub.internal.settings to
      io.github.signalhub.jdkserver,
      io.github.signalhub.redis;
  exports io.github.signalhub.internal.threads to
      io.github.signalhub.jdkserver;
}
