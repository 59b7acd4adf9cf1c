package io.github.signalhub.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Fuzz target: any bytes as JSON. They are read or refused with {@link JsonException}, alike as
 * bytes and as text, and what was read and written is written alike once more. (A number may change
 * its type: {@code 1e00} is written as {@code 1}.)
 */
public final class JsonFuzz {
  private JsonFuzz() {}

  /** The fuzzer's entry. */
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
      return; // no text at all
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
