package io.github.signalhub.internal.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.json.Json;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The content of a publication, as nodes exchange it: the message's JSON text without its id. If
 * the message is not sent to its sender, a line with the sender's names comes before it, as a JSON
 * array. Immutable.
 *
 * @param sender the sender; {@code null}: the message is sent to everybody
 * @param bytes the content
 * @param start where the message's text begins
 */
record Body(Sender sender, byte[] bytes, int start) {
  private static final byte[] ID = ",\"id\":\"".getBytes(US_ASCII);
  private static final byte[] END = "\"}".getBytes(US_ASCII);

  /** Returns the content of a message. */
  static byte[] of(byte[] json, Sender sender) {
    if (sender == null) {
      return json;
    }
    byte[] names = Json.writeBytes(sender.names());
    return ByteBuffer.allocate(names.length + 1 + json.length)
        .put(names)
        .put((byte) '\n')
        .put(json)
        .array();
  }

  /**
   * Reads a content.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Body read(byte[] bytes) {
    int start = 0;
    Sender sender = null;
    if (bytes.length > 0 && bytes[0] == '[') {
      while (start < bytes.length && bytes[start] != '\n') {
        start++;
      }
      sender = Sender.ofNames(Texts.parse(Arrays.copyOf(bytes, start)));
      start++;
    }
    if (bytes.length < start + 2 || bytes[start] != '{' || bytes[bytes.length - 1] != '}') {
      throw new IllegalArgumentException("expected the JSON text of a message");
    }
    return new Body(sender, bytes, start);
  }

  /** Returns the message's JSON text with its id. */
  byte[] withId(MessageId id) {
    byte[] text = id.toString().getBytes(US_ASCII);
    int length = bytes.length - start - 1;
    return ByteBuffer.allocate(length + ID.length + text.length + END.length)
        .put(bytes, start, length)
        .put(ID)
        .put(text)
        .put(END)
        .array();
  }
}
