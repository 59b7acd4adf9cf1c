package io.github.signalhub.model;

/**
 * One event of a schedule. A step does nothing where it does not apply, so any step may be left
 * out. Immutable.
 */
sealed interface Step {
  /** The recipients of a publication. */
  enum To {
    EVERYONE,
    TOPIC,
    USER,
    CLIENT
  }

  /** The point from which a client asks to resume. */
  enum From {
    NOW,
    LAST,
    OLDER,
    START,
    OTHER_EPOCH,
    NONSENSE,
    BEYOND
  }

  /** Publishes {@code count} messages with {@code pad} bytes of padding. */
  record Publish(To to, int which, int count, int pad) implements Step {}

  /** Publishes messages that are not sent to their sender, a client that is connected. */
  record Except(int sender, Publish publish) implements Step {}

  /** Publishes during the next task of a loop, as another thread would. */
  record Meanwhile(Publish publish) implements Step {}

  /**
   * Connects a client, unless it is connected.
   *
   * @param topics a bit for each
   * @param user the user of the link; none if negative
   * @param wholeFrames whether its link takes frames one by one
   * @param readable the bytes that it reads at first
   */
  record Connect(
      int client,
      int loop,
      From from,
      int topics,
      int user,
      boolean control,
      boolean wholeFrames,
      long readable)
      implements Step {}

  /** Lets a client read so many bytes more, and then none. */
  record Read(int client, long bytes) implements Step {}

  /** Cuts a client's link. */
  record Cut(int client) implements Step {}

  /** Closes a client from the server, in good order. */
  record Close(int client) implements Step {}

  /** Makes a client follow a topic. */
  record Join(int client, int topic) implements Step {}

  /** Makes a client leave a topic. */
  record Leave(int client, int topic) implements Step {}

  /** Drops a topic. */
  record Drop(int topic) implements Step {}

  /** Runs the next task of one loop. */
  record RunTask(int loop) implements Step {}

  /** Runs all loops until no task is left. */
  record RunAll() implements Step {}

  /** Lets time pass. */
  record Advance(long nanos) implements Step {}

  /** Cuts the links that are being closed and do not read. */
  record ExpireClosing() implements Step {}

  /**
   * Closes the hub and opens a new one.
   *
   * @param drained whether the loops run before the deadline
   */
  record Restart(boolean drained) implements Step {}
}
