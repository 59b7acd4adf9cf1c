package io.github.signalhub.spi;

/**
 * The bytes of messages that one link keeps and the hub has not taken. They count towards the hub's
 * limit of all clients. Obtained from {@link Registrar#reservation}. Thread-safe.
 */
public interface Reservation {
  /** Counts nothing, and grants everything. */
  Reservation UNCOUNTED =
      new Reservation() {
        @Override
        public boolean take(long bytes) {
          return true;
        }

        @Override
        public void give(long bytes) {}
      };

  /**
   * Counts bytes before they are kept. If the clients hold too much, those with most are evicted
   * within this call. So the caller holds no lock that an eviction takes.
   *
   * @param bytes how many more are about to be kept; at least 0
   * @return whether they may be kept; if not, this link was evicted, and they are not counted
   */
  boolean take(long bytes);

  /**
   * Stops counting bytes that were taken. Calls no other object.
   *
   * @param bytes how many are kept no more; at least 0
   */
  void give(long bytes);
}
