package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;

/**
 * Reads whole frames: payloads of data frames go to the message they belong to, that of a control
 * frame, which may stand between two fragments (RFC 6455 §5.4), is kept apart. Not thread-safe:
 * confined to the connection's event loop.
 */
final class FrameReader {
  private final MessageAssembler message;
  private final FrameHeaderDecoder decoder;
  private FrameHeader frame; // the frame whose payload is being read, null between frames
  private long taken; // how much of it was
  private byte[] controlPayload;

  /**
   * Makes a reader.
   *
   * @param message where data frames go
   * @param reservedBits those that negotiated extensions have given a meaning
   */
  FrameReader(MessageAssembler message, int reservedBits) {
    this.message = message;
    this.decoder = new FrameHeaderDecoder(message, reservedBits);
  }

  /**
   * Returns the header of the next frame when all of its payload was taken, leaving {@code in}
   * behind it; {@code null} if {@code in} ran out.
   */
  FrameHeader read(ByteBuffer in) throws ProtocolException {
    if (frame == null && !begin(decoder.decode(in))) {
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

  /** Returns the payload of the control frame that was last read, and forgets it. */
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
