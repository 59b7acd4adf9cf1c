package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol;
import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol.State;
import io.github.signalhub.spi.Outbound;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Puts together what one write sends: the rest of a half-written data frame, then control frames,
 * then the hub's data frames, as much as the loop's buffer holds; and tells each of them how much
 * the socket accepted. So however much has piled up, it costs one system call, and a pong waits for
 * no more than the end of one frame. Before all of them goes the response that opened the link.
 *
 * <p>Confined to the loop.
 */
final class LinkWriter {
  private final Endpoint endpoint;
  private final WebSocketProtocol protocol;
  private ByteBuffer response;
  private Outbound outbound; // null before the registration and after the end

  LinkWriter(Endpoint endpoint, WebSocketProtocol protocol, byte[] response) {
    this.endpoint = endpoint;
    this.protocol = protocol;
    this.response = ByteBuffer.wrap(response);
  }

  void begin(Outbound registered) {
    outbound = registered;
  }

  void end() {
    outbound = null;
  }

  /** Admits nothing new to what is to be sent. */
  void seal() {
    if (outbound != null) {
      outbound.seal();
    }
  }

  /** Returns whether all data frames are written. */
  boolean isDrained() {
    return outbound == null || outbound.isEmpty();
  }

  /** Writes once, and returns whether there was anything to write. */
  boolean write() throws IOException {
    return write(true, protocol.state() == State.OPEN);
  }

  /**
   * Writes data frames once, in front of a close frame of which nothing is written yet, and returns
   * whether there were any.
   */
  boolean writeBeforeClose() throws IOException {
    return !protocol.isMidControl() && !isDrained() && write(false, true);
  }

  private boolean write(boolean takesControl, boolean takesData) throws IOException {
    ByteBuffer out = endpoint.loop().writeBuffer().clear();
    int opening = copyResponse(out);
    int unfinished = outbound == null ? 0 : outbound.unfinished();
    int rest = unfinished == 0 ? 0 : take(out, unfinished);
    int control = takesControl && rest == unfinished ? protocol.peekControl(out) : 0;
    int data = outbound != null && takesData && out.hasRemaining() ? outbound.take(out) : 0;
    if (out.position() == 0) {
      return false;
    }
    int written = endpoint.write(out.flip());
    opening = Math.min(opening, written);
    rest = Math.min(rest, written - opening);
    control = Math.min(control, written - opening - rest);
    data = Math.min(data, written - opening - rest - control);
    if (response != null) {
      response.position(response.position() + opening);
      response = response.hasRemaining() ? response : null;
    }
    if (takesControl) {
      protocol.acceptedControl(control);
    }
    if (outbound != null) {
      outbound.accepted(rest + data);
    }
    return true;
  }

  private int copyResponse(ByteBuffer out) {
    if (response == null) {
      return 0;
    }
    out.put(response.duplicate()); // far smaller than the buffer
    return response.remaining();
  }

  private int take(ByteBuffer out, int atMost) {
    int limit = out.limit();
    out.limit(Math.min(limit, out.position() + atMost));
    try {
      return outbound.take(out);
    } finally {
      out.limit(limit);
    }
  }
}
