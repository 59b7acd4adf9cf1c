package io.github.signalhub.testkit.model;

/**
 * One thing that happens. A value, and harmless where it does not apply, so any may be left out.
 * Topics are counted through, streams first.
 */
sealed interface Act {
  /** From where a client asks to go on that was not there before. */
  enum From {
    NOW,
    START,
    OLDER,
    NONSENSE,
    OTHER_EPOCH,
    BEYOND
  }

  /** Publishes {@code count} messages to a topic with {@code pad} bytes more than needed. */
  record Publish(int topic, int count, int pad) implements Act {}

  /**
   * Sets a key of a table, or deletes it, and goes on with the next keys in turns of both.
   *
   * @param count how many keys
   */
  record Put(int table, int key, boolean delete, int count, int pad) implements Act {}

  /** Drops a topic. */
  record Drop(int topic) implements Act {}

  /** Publishes to everybody. */
  record Broadcast(int count, int pad) implements Act {}

  /** Publishes to a user. */
  record SendToUser(int user, int count) implements Act {}

  /**
   * Puts a new client in place of an old one.
   *
   * @param topics a bit for each
   * @param starts a bit for each topic that has a start of its own, at {@code from}
   * @param user whose client it is; nobody's if negative
   * @param plain whether it asks for no control messages, and then it follows no tables
   */
  record Newcomer(
      int client, int topics, int starts, From from, From after, int user, boolean plain)
      implements Act {}

  /** Makes a client follow a topic from now on, or from behind {@code from}, or asks to. */
  record Join(int client, int topic, From from, boolean asks) implements Act {}

  /** Makes a client follow a topic no more, or asks to. */
  record Leave(int client, int topic, boolean asks) implements Act {}

  /** Takes a topic from a client's user while the client's handshake is under way. */
  record RevokeFromUser(int client, int topic) implements Act {}

  /** Disconnects a client's user while the client's handshake is under way. */
  record Disconnect(int client) implements Act {}

  /**
   * Takes a topic from a client while the hub asks whether the client may join it.
   *
   * @param from where the client asks to begin
   */
  record Revoke(int client, int topic, From from) implements Act {}

  /**
   * Takes a topic from a client in the middle of its catch-up.
   *
   * @param bytes how much of the catch-up the client reads before
   * @param repeats how often the client asks again meanwhile
   */
  record TakeAway(int client, int topic, long bytes, int repeats) implements Act {}

  /** Lets a client read so many bytes more and then none. */
  record Read(int client, long bytes) implements Act {}

  /** Cuts a client's link. */
  record Cut(int client) implements Act {}

  /** Lets a client's link go silent. */
  record Silence(int client) implements Act {}

  /** Closes a client from the server with a code. */
  record Close(int client, int code) implements Act {}

  /** Connects a client that stays away. */
  record Return(int client) implements Act {}

  /** Does so many things that can be done. */
  record Steps(int count) implements Act {}

  /** Lets time pass. */
  record Pass(long millis) implements Act {}

  /** Closes the hub and opens another one. */
  record Restart() implements Act {}
}
