package io.github.signalhub.spi;

import io.github.signalhub.connection.DisconnectReason;
import java.util.List;

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
   * Sends several text messages in order, for platforms that batch. Called in place of {@link
   * #send(String, Runnable)} where {@link CallbackTransport.Builder#maxTextsPerSend} is more than
   * 1, also for one text. Such a sender overrides this method.
   *
   * @param texts the messages, at least one; unmodifiable
   * @param done as for {@link #send(String, Runnable)}, when the platform takes the next ones. If
   *     the connection ends before, a client that comes back is sent all of them again
   * @throws UnsupportedOperationException by default, if there are several
   */
  default void send(List<String> texts, Runnable done) {
    if (texts.size() > 1) {
      throw new UnsupportedOperationException(
          "expected a sender that overrides send(List, Runnable), because maxTextsPerSend is more"
              + " than 1");
    }
    send(texts.get(0), done);
  }

  /**
   * Stops reading from the peer, or goes on. Called when the hub's wish changes; at first the
   * platform reads. By default does nothing. A platform that reads on all the same costs bounded
   * memory, because its peer is closed with 1013; see {@link CallbackLink}.
   *
   * @param enabled whether the hub wants more messages
   */
  default void setReadEnabled(boolean enabled) {}

  /**
   * Starts the closing handshake; nothing is sent afterwards. The platform answers, sooner or
   * later, with {@link CallbackLink#closed}.
   */
  void close(DisconnectReason reason);

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
