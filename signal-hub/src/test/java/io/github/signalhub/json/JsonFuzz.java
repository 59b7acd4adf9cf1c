package io.github.signalhub.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Fuzz target: any bytes as JSON. The reader accepts them or throws {@link JsonException}, in the
 * same way for bytes and for text. A value that is written, read and written again gives the same
 * text. (A number may change its type: {@code 1e00} is written as {@code 1}.)
 */
public final class JsonFuzz {
  private JsonFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    Object value;
    try {
      value = Json.parse(data);
    } catch (JsonException e) {
      refusedAsTextToo(data);
      return;
    }
    String written = Json.write(value);
    require(written.equals(Json.write(Json.parse(written))), data);
  }

  private static void refusedAsTextToo(byte[] data) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
    } catch (CharacterCodingException e) {
      return; // the bytes are no text
    }
    try {
      Json.parse(text);
    } catch (JsonException e) {
      return;
    }
    require(false, data);
  }

  private static void require(boolean holds, byte[] data) {
    if (!holds) {
      throw new AssertionError("read differently: " + new String(data, UTF_8));
    }
  }
}
