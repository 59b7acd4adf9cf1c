/**
 * The hub: a log with cursors that a Java program publishes to and any number of clients follow.
 * Depends on {@code java.base} alone.
 */
module io.github.signalhub {
  exports io.github.signalhub;
  exports io.github.signalhub.flow;
  exports io.github.signalhub.json;
  exports io.github.signalhub.memory;
  exports io.github.signalhub.spi;
}
