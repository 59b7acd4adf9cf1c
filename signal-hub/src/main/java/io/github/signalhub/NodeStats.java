package io.github.signalhub;

import java.time.Duration;

/**
 * Counters of a hub as one of several nodes, at one moment. The totals count from its creation.
 * They are in {@link HubStats#node}. Immutable.
 */
public final class NodeStats {
  private final long pending;
  private final long unavailable;
  private final long unconfirmed;
  private final long restarts;
  private final long beyondLimit;
  private final Duration staleness;

  NodeStats(
      long pending,
      long unavailable,
      long unconfirmed,
      long restarts,
      long beyondLimit,
      Duration staleness) {
    this.pending = pending;
    this.unavailable = unavailable;
    this.unconfirmed = unconfirmed;
    this.restarts = restarts;
    this.beyondLimit = beyondLimit;
    this.staleness = staleness;
  }

  /** Returns the number of messages that were handed over and have not settled. */
  public long pending() {
    return pending;
  }

  /** Returns the number of messages that settled as {@link PublishResult.Status#UNAVAILABLE}. */
  public long unavailable() {
    return unavailable;
  }

  /** Returns the number of messages that settled as {@link PublishResult.Status#UNCONFIRMED}. */
  public long unconfirmed() {
    return unconfirmed;
  }

  /** Returns how often the messages were begun anew: {@link HubListener#onRestart}. */
  public long restarts() {
    return restarts;
  }

  /**
   * Returns the number of messages of other nodes, or of this one, for which the log grew beyond
   * {@link HubBuilder#maxLogBytes}: it was full of messages that clients had yet to be offered.
   */
  public long beyondLimit() {
    return beyondLimit;
  }

  /**
   * Returns for how long this node has not known that it has everything. Below one second while the
   * engine of the nodes answers. Clients are refused from 15 seconds on.
   */
  public Duration staleness() {
    return staleness;
  }

  /** Returns all counters with their names. */
  @Override
  public String toString() {
    return "NodeStats[pending="
        + pending
        + ", unavailable="
        + unavailable
        + ", unconfirmed="
        + unconfirmed
        + ", restarts="
        + restarts
        + ", beyondLimit="
        + beyondLimit
        + ", staleness="
        + staleness
        + "]";
  }
}
