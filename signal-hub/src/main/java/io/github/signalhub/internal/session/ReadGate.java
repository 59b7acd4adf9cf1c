package io.github.signalhub.internal.session;

import io.github.signalhub.spi.Connection;

/**
 * Whether a session's link reads from its peer: it does while nothing holds it up. The callbacks of
 * the application may, and replies that the peer does not read: it cannot have more of them made.
 * Thread-safe.
 */
public final class ReadGate {
  /** Callbacks of the application lag. */
  public static final int CALLBACKS = 1;

  /** Replies wait that the peer does not read. */
  static final int REPLIES = 2;

  /** Reading stops when more replies wait, until half of them are left. */
  static final int MAX_REPLIES = 64;

  private final Connection connection;
  private int holders;

  /** How many replies wait for the peer to read them. */
  private int pendingReplies;

  /** Creates a gate that is open. */
  public ReadGate(Connection connection) {
    this.connection = connection;
  }

  /** Stops reading until every holder has let go. */
  public synchronized void hold(int holder) {
    boolean open = holders == 0;
    holders |= holder; // first: a link may call back
    if (open) {
      connection.setReadEnabled(false);
    }
  }

  /** Lets go; does nothing if this holder does not hold. */
  public synchronized void release(int holder) {
    boolean last = holders == holder;
    holders &= ~holder; // first: a link may call back
    if (last) {
      connection.setReadEnabled(true);
    }
  }

  /** Counts a reply that the peer is to read. */
  synchronized void replyWaits() {
    pendingReplies++;
    if (pendingReplies > MAX_REPLIES) {
      hold(REPLIES);
    }
  }

  /** Counts a reply that waits no more. */
  synchronized void replyRead() {
    pendingReplies--;
    if (pendingReplies <= MAX_REPLIES / 2) {
      release(REPLIES);
    }
  }
}
