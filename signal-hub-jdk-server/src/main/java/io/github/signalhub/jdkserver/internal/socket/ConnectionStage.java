package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One stage in the life of a connection, such as HTTP, WebSocket, or its last seconds. Its {@link
 * SocketConnection} calls it on the loop. An {@link IOException} closes the connection.
 */
public interface ConnectionStage {
  /**
   * Takes bytes of the peer. Bytes that it leaves are kept. After {@link SocketConnection#resume}
   * they are given again, to this stage or to its successor. Until then nothing more is read.
   */
  void receive(ByteBuffer in) throws IOException;

  /** The peer sends nothing more, and everything that it sent was received. */
  void inputEnded() throws IOException;

  /** The socket accepts bytes again, after a write that it did not accept in full. */
  void writable() throws IOException;

  /** The server is stopping. The stage is to end soon and in good order. */
  void drain() throws IOException;

  /**
   * Returns whether the peer has a part of something whose rest would be lost now. Then the
   * connection is reset, so that the peer does not take the part for the whole.
   */
  default boolean isIncomplete() {
    return false;
  }

  /** The connection is gone. This is the last call, and only the current stage gets it. */
  void ended();

  /** The server stops and closes the connections that are left. {@link #ended} follows. */
  default void stopped() {}

  /**
   * A fault of this library was thrown.
   *
   * @return whether the stage ends the connection itself; otherwise it is closed at once
   */
  default boolean failed() throws IOException {
    return false;
  }
}
