package io.github.signalhub.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The client's end: makes texts of {@link LinkOptions#FRAMES} that arrive in any portions. Not
 * thread-safe.
 */
final class FrameReader {
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

  /** Takes bytes, and returns the texts that are whole now. */
  List<String> read(ByteBuffer bytes) {
    byte[] chunk = new byte[bytes.remaining()];
    bytes.get(chunk);
    partial.writeBytes(chunk);
    ByteBuffer frames = ByteBuffer.wrap(partial.toByteArray());
    List<String> texts = new ArrayList<>();
    while (frames.remaining() >= 4 && frames.remaining() >= 4 + frames.getInt(frames.position())) {
      byte[] text = new byte[frames.getInt()];
      frames.get(text);
      texts.add(new String(text, UTF_8));
    }
    partial.reset();
    partial.write(frames.array(), frames.position(), frames.remaining());
    return texts;
  }
}
