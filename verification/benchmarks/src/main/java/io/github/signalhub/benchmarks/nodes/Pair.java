package io.github.signalhub.benchmarks.nodes;

/**
 * Two ends with a Redis between them. Both ends receive every published message. Each end has one
 * publisher at a time.
 */
interface Pair extends AutoCloseable {
  /** How many ends there are. */
  int ENDS = 2;

  /** Gets all messages. Calls for one end come one after the other. */
  interface Receiver {
    /** Takes the JSON text of a message. */
    void receive(int end, String text);
  }

  /** Publishes a message at once. */
  void publish(int end, String payload) throws InterruptedException;

  /** Publishes a message, maybe together with the next ones. */
  void add(int end, String payload) throws InterruptedException;

  /** Publishes those that were added and not published. */
  void flush(int end);

  @Override
  void close();
}
