package io.github.signalhub.spi;

/**
 * The platform's side of one connection of a {@link CallbackTransport}. Called on the connection's
 * loop, one call at a time.
 */
public interface CallbackSender {
  /**
   * Sends one text message. Not called again before {@code done} was run.
   *
   * @param text the message
   * @param done to be run once, on any thread, when the platform takes the next; it may be run
   *     within this call. If the text cannot be sent, {@link CallbackLink#closed} is called instead
   */
  void send(String text, Runnable done);

  /**
   * Starts the closing handshake; nothing is sent afterwards. The platform answers, sooner or
   * later, with {@link CallbackLink#closed}.
   */
  void close(CloseReason reason);

  /**
   * Sends a ping. Anything that the peer answers is reported by {@link CallbackLink#received}, or
   * is a message.
   *
   * @return whether the platform can; by default {@code false}, and a silent peer is not noticed
   */
  default boolean ping() {
    return false;
  }

  /** Cuts the connection at once. */
  void cut();
}
