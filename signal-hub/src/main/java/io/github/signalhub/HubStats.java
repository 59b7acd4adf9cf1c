package io.github.signalhub;

import java.util.Optional;

/** Counters of a hub at one moment; the totals count from its creation. Immutable. */
public final class HubStats {
  private final int clients;
  private final long connected;
  private final int topics;
  private final long published;
  private final long refused;
  private final long retainedMessages;
  private final long retainedBytes;
  private final long tableBytes;
  private final long presenceBytes;
  private final long received;
  private final long ignored;
  private final long failedCallbacks;
  private final Optional<NodeStats> node;

  HubStats(
      int clients,
      long connected,
      int topics,
      long published,
      long refused,
      long retainedMessages,
      long retainedBytes,
      long tableBytes,
      long presenceBytes,
      long received,
      long ignored,
      long failedCallbacks,
      Optional<NodeStats> node) {
    this.clients = clients;
    this.connected = connected;
    this.topics = topics;
    this.published = published;
    this.refused = refused;
    this.retainedMessages = retainedMessages;
    this.retainedBytes = retainedBytes;
    this.tableBytes = tableBytes;
    this.presenceBytes = presenceBytes;
    this.received = received;
    this.ignored = ignored;
    this.failedCallbacks = failedCallbacks;
    this.node = node;
  }

  /** Returns the number of connected clients. */
  public int clients() {
    return clients;
  }

  /** Returns the number of clients that have ever connected. */
  public long connected() {
    return connected;
  }

  /** Returns the number of topics with messages or subscribers, internal ones included. */
  public int topics() {
    return topics;
  }

  /** Returns the number of messages that were accepted, those to single clients included. */
  public long published() {
    return published;
  }

  /** Returns the number of messages that were not: overloaded, too large, full or closed. */
  public long refused() {
    return refused;
  }

  /** Returns the number of messages in the log. */
  public long retainedMessages() {
    return retainedMessages;
  }

  /**
   * Returns the bytes of the log, as {@link HubBuilder#maxLogBytes} counts them. They include the
   * overheads of messages and topics, and encoded wire forms.
   */
  public long retainedBytes() {
    return retainedBytes;
  }

  /**
   * Returns the bytes that the keys of compacted topics count towards {@link
   * HubBuilder#maxTableBytes}.
   */
  public long tableBytes() {
    return tableBytes;
  }

  /** Returns the bytes that count towards {@link HubBuilder#maxPresenceBytes}. */
  public long presenceBytes() {
    return presenceBytes;
  }

  /** Returns the number of messages that clients sent and listeners were given. */
  public long received() {
    return received;
  }

  /** Returns the number of clients' texts that were neither messages nor control messages. */
  public long ignored() {
    return ignored;
  }

  /**
   * Returns the number of exceptions that listeners and hooks threw, refusals of messages excepted.
   */
  public long failedCallbacks() {
    return failedCallbacks;
  }

  /** Returns the counters of this node; empty if the hub is alone. */
  public Optional<NodeStats> node() {
    return node;
  }

  /** Returns all counters with their names. */
  @Override
  public String toString() {
    return "HubStats[clients="
        + clients
        + ", connected="
        + connected
        + ", topics="
        + topics
        + ", published="
        + published
        + ", refused="
        + refused
        + ", retainedMessages="
        + retainedMessages
        + ", retainedBytes="
        + retainedBytes
        + ", tableBytes="
        + tableBytes
        + ", presenceBytes="
        + presenceBytes
        + ", received="
        + received
        + ", ignored="
        + ignored
        + ", failedCallbacks="
        + failedCallbacks
        + node.map(stats -> ", node=" + stats).orElse("")
        + "]";
  }
}
