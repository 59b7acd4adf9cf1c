package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;

/**
 * Incremental decoder of whole frames. The payload of a data frame goes to its message. A control
 * frame may stand between two fragments of a message (RFC 6455 §5.4), so its payload is kept apart.
 * A connection has a decoder only while a frame or a message is unfinished. Not thread-safe:
 * confined to the connection's event loop.
 */
final class FrameDecoder {
  private final MessageAssembler message;
  private final FrameHeaderDecoder headers;
  private FrameHeader frame; // the frame whose payload is being read, null between frames
  private long taken; // bytes of its payload
  private byte[] controlPayload;

  /**
   * Makes a decoder.
   *
   * @param message takes the payloads of data frames
   * @param reservedBits as for {@link FrameHeaderDecoder}
   */
  FrameDecoder(MessageAssembler message, int reservedBits) {
    this.message = message;
    this.headers = new FrameHeaderDecoder(message, reservedBits);
  }

  /**
   * Returns the header of the next frame when all of its payload was taken, leaving {@code in}
   * right after it; {@code null} if {@code in} ran out.
   */
  FrameHeader decode(ByteBuffer in) throws ProtocolException {
    if (frame == null && !begin(headers.decode(in))) {
      return null;
    }
    int bytes = (int) Math.min(frame.payloadBytes() - taken, in.remaining());
    if (frame.isControl()) {
      in.get(controlPayload, (int) taken, bytes);
    } else if (bytes > 0) {
      message.append(in, bytes, frame, taken);
    }
    taken += bytes;
    if (taken < frame.payloadBytes()) {
      return null;
    }
    FrameHeader complete = frame;
    frame = null;
    return complete;
  }

  /** Returns the message whose frames are decoded. */
  MessageAssembler message() {
    return message;
  }

  /** Returns whether no message and no frame has begun. */
  boolean isBetweenMessages() {
    return frame == null && headers.isBetweenHeaders() && !message.isUnfinished();
  }

  /** Returns the payload of the control frame that was decoded last, and forgets it. */
  byte[] takeControlPayload(FrameHeader header) {
    byte[] payload = controlPayload;
    controlPayload = null;
    Masking.unmask(payload, 0, payload.length, header.maskingKey(), 0);
    return payload;
  }

  private boolean begin(FrameHeader header) {
    if (header == null) {
      return false;
    }
    frame = header;
    taken = 0;
    if (header.isControl()) {
      controlPayload = new byte[(int) header.payloadBytes()]; // at most 125
    } else {
      message.begin(header);
    }
    return true;
  }
}
