package io.github.signalhub.testkit.model;

/**
 * One event of a story. An act does nothing where it does not apply, so any act may be left out.
 * Topics are numbered, streams first. Immutable.
 */
sealed interface Act {
  /** The point from which a new client asks for messages. */
  enum From {
    NOW,
    START,
    OLDER,
    NONSENSE,
    OTHER_EPOCH,
    BEYOND
  }

  /** Publishes {@code count} messages to a topic, each with {@code pad} bytes of padding. */
  record Publish(int topic, int count, int pad) implements Act {}

  /**
   * Sets or deletes a key of a table. The next keys are set and deleted in turns.
   *
   * @param count the number of keys
   */
  record Put(int table, int key, boolean delete, int count, int pad) implements Act {}

  /** Drops a topic. */
  record Drop(int topic) implements Act {}

  /** Publishes a broadcast. */
  record Broadcast(int count, int pad) implements Act {}

  /** Publishes to a user. */
  record SendToUser(int user, int count) implements Act {}

  /** Publishes what is not sent to its sender, if this client is connected. */
  record FromClient(int client, Act publication) implements Act {}

  /**
   * Replaces an old client by a new one.
   *
   * @param topics a bit for each
   * @param starts a bit for each topic that starts at {@code from} instead of the resume point
   * @param user the client's user; none if negative
   * @param plain whether it asks for no control messages; such a client follows no tables, and no
   *     topics with initial states
   */
  record Newcomer(
      int client, int topics, int starts, From from, From after, int user, boolean plain)
      implements Act {}

  /** Makes a client follow a topic with the messages after {@code from}, or lets it ask to. */
  record Join(int client, int topic, From from, boolean asks) implements Act {}

  /** Makes a client leave a topic, or lets it ask to. */
  record Leave(int client, int topic, boolean asks) implements Act {}

  /** Takes a topic from a client's user while the client's handshake is in transit. */
  record RevokeFromUser(int client, int topic) implements Act {}

  /** Disconnects a client's user while the client's handshake is in transit. */
  record Disconnect(int client) implements Act {}

  /**
   * Takes a topic from a client while the hub asks whether the client may join it.
   *
   * @param from the point from which the client asks for messages
   */
  record Revoke(int client, int topic, From from) implements Act {}

  /**
   * Takes a topic from a client in the middle of its catch-up.
   *
   * @param bytes the bytes of the catch-up that the client reads before
   * @param repeats how often the client repeats its request meanwhile
   */
  record TakeAway(int client, int topic, long bytes, int repeats) implements Act {}

  /**
   * Lets a client send a request.
   *
   * @param pad the bytes of padding of its answer
   * @param laterMillis after how long it is answered; at once if negative
   */
  record Ask(int client, int pad, long laterMillis) implements Act {}

  /** Lets a client read so many bytes more, and then none. */
  record Read(int client, long bytes) implements Act {}

  /** Cuts a client's link. */
  record Cut(int client) implements Act {}

  /** Lets a client's link go silent. */
  record Silence(int client) implements Act {}

  /** Closes a client from the server with a code. */
  record Close(int client, int code) implements Act {}

  /** Connects a client that does not reconnect on its own. */
  record Return(int client) implements Act {}

  /** Runs so many steps of the network. */
  record Steps(int count) implements Act {}

  /** Lets time pass. */
  record Pass(long millis) implements Act {}

  /** Closes the hub and opens another one. */
  record Restart() implements Act {}
}
