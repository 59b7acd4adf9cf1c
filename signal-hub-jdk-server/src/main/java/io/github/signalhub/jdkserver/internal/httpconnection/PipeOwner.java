package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.http.HttpException;

/** The exchange of a pipe between a loop and a handler's thread. Thread-safe. */
interface PipeOwner {
  /** Tells the loop that it can feed the pipe again, or that there are bytes to send. */
  void changed();

  /** Returns whether this is the thread of the loop, which must not wait for itself. */
  boolean isLoop();

  /** Asks the loop to report soon how much the peer has taken of a response. */
  default void askWhatPeerTook() {}

  /**
   * Counts that the exchange is refused.
   *
   * @return the refusal
   */
  HttpException refuse(Refusals.Reason reason);

  /**
   * Counts that the body comes too slowly.
   *
   * @return the refusal
   */
  HttpException tooSlow();

  /** Notes that the body is refused because it breaks a rule or a limit of HTTP. */
  void broken(HttpException refusal);
}
