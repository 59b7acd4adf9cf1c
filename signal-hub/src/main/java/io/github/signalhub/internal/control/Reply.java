package io.github.signalhub.internal.refs;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client is told about something that it asked for: {@code $ack}, or {@code $error} with a
 * code. Immutable.
 *
 * @param code why it was not done; {@code null} if it was
 * @param reason the same for people; {@code null} if it was
 */
public record Reply(String code, String reason) {
  public static final Reply DONE = new Reply(null, null);
  public static final Reply INTERNAL = new Reply("internal", "the application failed");
  public static final Reply FORBIDDEN = new Reply("forbidden", "this topic may not be joined");
  public static final Reply TOO_MANY_TOPICS =
      new Reply("too_many_topics", "no more topics can be followed");
  public static final Reply OVERLOADED =
      new Reply("overloaded", "too many users are in too many topics; try again later");
  public static final Reply UNREADABLE =
      new Reply("invalid", "expected a JSON object with a type that clients may use");
  public static final Reply BAD_REF =
      new Reply("invalid", "expected a ref of 1 to 64 characters or an integer of 64 bits");
  public static final Reply BAD_REQUEST =
      new Reply("invalid", "expected a topic of 1 to 255 bytes, and an id as after if any");

  /** A client, as far as it can be told something. */
  @FunctionalInterface
  public interface Asker {
    /**
     * Sends a control message.
     *
     * @param type its type, which begins with {@code $}
     * @param payload its payload; owned by the callee
     */
    void control(String type, Map<String, Object> payload);
  }

  /**
   * Sends this to a client.
   *
   * @param ref which of its messages this is about, or {@code null}
   */
  public void sendTo(Asker asker, Object ref) {
    Map<String, Object> payload = new LinkedHashMap<>();
    if (ref != null) {
      payload.put("ref", ref);
    }
    if (code != null) {
      payload.put("code", code);
      payload.put("reason", reason);
    }
    asker.control(code == null ? "$ack" : "$error", payload);
  }
}
