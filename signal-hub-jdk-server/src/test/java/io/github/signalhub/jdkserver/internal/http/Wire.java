package io.github.signalhub.jdkserver.internal.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes on the wire, written as text of one char per byte, and fed in chunks. */
final class Wire {
  private Wire() {}

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Feeds chunks of this size. Returns {@code null} if the head has not ended. */
  static RequestHead parse(RequestHeadParser parser, int chunk, ByteBuffer wire) {
    while (wire.hasRemaining()) {
      ByteBuffer piece = wire.slice(wire.position(), Math.min(chunk, wire.remaining()));
      RequestHead head = parser.parse(piece);
      wire.position(wire.position() + piece.position());
      if (head != null) {
        return head;
      }
    }
    return null;
  }

  /** Decodes chunks of this size into buffers of this size. Stops at the end of the body. */
  static String decode(BodyDecoder decoder, int chunk, ByteBuffer wire) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteBuffer out = ByteBuffer.allocate(chunk);
    boolean finished = decoder.isFinished();
    while (!finished && wire.hasRemaining()) {
      ByteBuffer piece = wire.slice(wire.position(), Math.min(chunk, wire.remaining()));
      finished = decoder.decode(piece, out);
      wire.position(wire.position() + piece.position());
      body.write(out.array(), 0, out.position());
      out.clear();
    }
    return body.toString(StandardCharsets.ISO_8859_1);
  }
}
