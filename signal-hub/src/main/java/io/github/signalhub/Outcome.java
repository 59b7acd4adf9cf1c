package io.github.signalhub;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client is told about something that it asked for. Immutable.
 *
 * @param code why it was not done; {@code null} if it was
 * @param reason the same for people; {@code null} if it was
 */
record Outcome(String code, String reason) {
  static final Outcome DONE = new Outcome(null, null);
  static final Outcome INTERNAL = new Outcome("internal", "the application failed");
  static final Outcome FORBIDDEN = new Outcome("forbidden", "this topic may not be joined");
  static final Outcome TOO_MANY_TOPICS =
      new Outcome("too_many_topics", "no more topics can be followed");
  static final Outcome OVERLOADED =
      new Outcome("overloaded", "too many users are in too many topics; try again later");
  static final Outcome UNREADABLE =
      new Outcome("invalid", "expected a JSON object with a type that clients may use");
  static final Outcome BAD_REF =
      new Outcome("invalid", "expected a ref of 1 to 64 characters or an integer of 64 bits");
  static final Outcome BAD_REQUEST =
      new Outcome("invalid", "expected a topic of 1 to 255 bytes, and an id as after if any");

  static Outcome refused(RefusedException refusal) {
    return new Outcome(refusal.code(), refusal.reason());
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
