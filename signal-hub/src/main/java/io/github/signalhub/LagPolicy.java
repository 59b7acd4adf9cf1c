package io.github.signalhub;

/**
 * The treatment of a client that reads too slowly: messages of a topic left the log before the
 * client was sent them. A client that asked for no control messages and sent no {@code after}
 * cannot be told of a gap. It is closed whatever the policy.
 */
public enum LagPolicy {
  /**
   * The client is sent a {@code $gap}, then the retained messages. If it lags again within a
   * minute, it is sent a {@code $gap} for every topic that has more, and goes on with live
   * messages.
   */
  SKIP,
  /** The client is closed with 4100 and comes back when it is fit. */
  CLOSE
}
