package io.github.signalhub.internal.session;

/**
 * A control message that waits to be sent to one session. It is not in the log: its text is made
 * when it is taken, so that it says what is true then. Confined to the session's loop.
 */
interface Control {
  /** Returns the message's JSON text in UTF-8. Called once. */
  byte[] json();
}
