package io.github.signalhub.internal.session;

import io.github.signalhub.spi.Connection;

/** Whether a session's link reads from its peer: it does while nobody holds it up. Thread-safe. */
public final class ReadGate {
  /** Callbacks of the application lag. */
  public static final int CALLBACKS = 1;

  /** Answers wait that the peer does not read. */
  static final int ANSWERS = 2;

  private final Connection connection;
  private int holders;

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
}
