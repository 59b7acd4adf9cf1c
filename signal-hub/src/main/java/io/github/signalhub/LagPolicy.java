package io.github.signalhub;

/**
 * What becomes of a client that reads so slowly that messages of a topic leave the log before it
 * was sent them. A client that cannot be told of a gap, because it asked for no control messages
 * and sent no {@code after}, is closed whatever the policy.
 */
public enum LagPolicy {
  /**
   * The client is sent a {@code $gap}, then what is retained. If it falls behind again within a
   * minute it is sent a {@code $gap} for every topic that has more, and goes on with what is live.
   */
  SKIP,
  /** The client is closed with 4100 and comes back when it is fit. */
  CLOSE
}
