package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.http.HttpException;

/** What a pipe between a loop and a handler's thread asks of its exchange. Thread-safe. */
interface PipeOwner {
  /** The loop has something to do: it can feed the pipe again, or there is something to peek. */
  void changed();

  /** Returns whether this is the thread of the loop, which must not wait for itself. */
  boolean isLoop();

  /** Asks the loop to tell a response how much its peer has taken; it does so soon. */
  default void lookAtPeer() {}

  /** Counts that the exchange is refused, and returns with what. */
  HttpException refuse(Refusals.Reason reason);
}
