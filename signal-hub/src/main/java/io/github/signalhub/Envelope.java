package io.github.signalhub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.json.Json;
import java.util.Optional;

/** The JSON text of messages as they are published. Immutable. */
final class Envelope {
  private static final byte[] TYPE = "{\"type\":".getBytes(US_ASCII);
  private static final byte[] PAYLOAD = ",\"payload\":".getBytes(US_ASCII);
  private static final byte[] TOPIC = ",\"topic\":".getBytes(US_ASCII);

  /** Everything behind the topic; the log patches the offset's digits in when it assigns one. */
  private final byte[] end;

  Envelope(long epoch) {
    end = (",\"id\":\"" + new MessageId(epoch, 0) + "\"}").getBytes(US_ASCII);
  }

  /**
   * Returns a message's text with a place for its offset at the end.
   *
   * @param topic the topic's name as peers see it; empty if they do not
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  byte[] encode(Message message, Optional<String> topic) {
    byte[] type = Json.writeBytes(message.type());
    byte[] payload = Json.writeBytes(message.payload());
    byte[] name = topic.map(Json::writeBytes).orElse(null);
    int topicBytes = name == null ? 0 : TOPIC.length + name.length;
    byte[] json =
        new byte
            [TYPE.length + type.length + PAYLOAD.length + payload.length + topicBytes + end.length];
    int at = append(json, 0, TYPE);
    at = append(json, at, type);
    at = append(json, at, PAYLOAD);
    at = append(json, at, payload);
    if (name != null) {
      at = append(json, at, TOPIC);
      at = append(json, at, name);
    }
    append(json, at, end);
    return json;
  }

  private static int append(byte[] into, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, into, at, bytes.length);
    return at + bytes.length;
  }
}
