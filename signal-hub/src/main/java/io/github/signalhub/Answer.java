package io.github.signalhub;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client is told about something that it asked for. Immutable.
 *
 * @param code why it was not done; {@code null} if it was
 * @param reason the same for people; {@code null} if it was
 */
record Answer(String code, String reason) {
  static final Answer ACK = new Answer(null, null);
  static final Answer INTERNAL = new Answer("internal", "the application failed");
  static final Answer FORBIDDEN = new Answer("forbidden", "this topic may not be joined");
  static final Answer TOO_MANY_TOPICS =
      new Answer("too_many_topics", "no more topics can be followed");
  static final Answer UNREADABLE =
      new Answer("invalid", "expected a JSON object with a type that clients may use");
  static final Answer BAD_REF =
      new Answer("invalid", "expected a ref of 1 to 64 characters or an integer of 64 bits");
  static final Answer BAD_REQUEST =
      new Answer("invalid", "expected a topic of 1 to 255 bytes, and an id as after if any");

  static Answer refused(RefusedException refusal) {
    return new Answer(refusal.code(), refusal.reason());
  }

  /**
   * Sends this to a client.
   *
   * @param ref which of its messages this is about, or {@code null}
   */
  void sendTo(Client client, Object ref) {
    Map<String, Object> payload = new LinkedHashMap<>();
    if (ref != null) {
      payload.put("ref", ref);
    }
    if (code != null) {
      payload.put("code", code);
      payload.put("reason", reason);
    }
    client.control(code == null ? "$ack" : "$error", payload);
  }
}
