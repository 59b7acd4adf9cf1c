package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a connection is at a time: requests and responses, a WebSocket, or its last seconds. Called
 * by its {@link SocketConnection}, on the loop. An {@link IOException} closes the connection.
 */
public interface ConnectionStage {
  /**
   * Takes bytes of the peer. What it leaves is kept and given again, to this stage or its
   * successor, after {@link SocketConnection#resume}; until then nothing more is read.
   */
  void receive(ByteBuffer in) throws IOException;

  /** The peer will send nothing more; everything it sent was received. */
  void inputEnded() throws IOException;

  /** The socket accepts bytes again after a write that it did not accept in full. */
  void writable() throws IOException;

  /** The server is stopping: end soon and in good order. */
  void drain() throws IOException;

  /**
   * Returns whether the peer has a part of something, and the rest will not come if the connection
   * ends now. Then the connection is reset, lest the peer take the part for the whole.
   */
  default boolean isIncomplete() {
    return false;
  }

  /** The connection is gone; the last call, and exactly one for the stage that is on then. */
  void cut();

  /** The server stops and closes what is left; {@link #cut} follows. */
  default void stopped() {}

  /**
   * Something that must not happen was thrown.
   *
   * @return whether the stage ends the connection itself; otherwise it is closed at once
   */
  default boolean failed() throws IOException {
    return false;
  }
}
