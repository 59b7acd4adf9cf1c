package io.github.signalhub.internal.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.json.Json;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A control message of the hub to a client. {@link Type} lists the control messages of both sides;
 * {@link ClientMessage} reads those of clients. Immutable.
 *
 * @param type its type
 * @param payload its payload, in the order of its members; not modified any more
 * @param answer the last member of the payload, as JSON in UTF-8; {@code null} if there is none
 * @param isReply whether it answers the client, or comes as often as the client likes. While a
 *     client does not read its replies, the client is not read from
 */
public record ControlMessage(
    Type type, Map<String, Object> payload, byte[] answer, boolean isReply) {
  private static final byte[] ANSWER = ",\"answer\":".getBytes(UTF_8);
  private static final int END_BYTES = "}}".length();

  /** Every control message. Members in brackets may be left out. */
  public enum Type {
    /** From the hub: {@code clientId id resumed topics syncMs [catchUps]}. */
    HELLO("$hello"),
    /** From the hub: {@code [topic] after next [reset]}. */
    GAP("$gap"),
    /** From the hub: {@code id}. */
    SYNC("$sync"),
    /** From the hub: {@code topic after upTo [ref]}. */
    JOINED("$joined"),
    /** From the hub: {@code topic [ref]}. */
    LEFT("$left"),
    /** From the hub: {@code ref [answer]}. */
    ACK("$ack"),
    /** From the hub: {@code [ref] code reason}; {@link Reply} lists the codes. */
    ERROR("$error"),
    /** From the hub: {@code reason retryAfterMs}. */
    BYE("$bye"),
    /** From a client: {@code topic [after] [ref]}. */
    JOIN("$join"),
    /** From a client: {@code topic [ref]}. */
    LEAVE("$leave");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** Returns the type as it is sent. */
    public String text() {
      return text;
    }
  }

  private ControlMessage(Type type, Map<String, Object> payload, boolean isReply) {
    this(type, payload, null, isReply);
  }

  /**
   * Returns the first message to a client that asked for control messages.
   *
   * @param clientId the client's id
   * @param start the id after which the client begins
   * @param resumed whether the client goes on after the id that it named, without a gap
   * @param topics the names of the topics that the client follows
   * @param syncMs how often to expect {@code $sync}, in milliseconds; 0: never
   * @param catchUps the topics that begin elsewhere, each with the id to begin after
   */
  public static ControlMessage hello(
      String clientId,
      String start,
      boolean resumed,
      List<String> topics,
      long syncMs,
      Map<String, String> catchUps) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("clientId", clientId);
    payload.put("id", start);
    payload.put("resumed", resumed);
    payload.put("topics", topics);
    payload.put("syncMs", syncMs);
    if (!catchUps.isEmpty()) {
      payload.put("catchUps", catchUps);
    }
    return new ControlMessage(Type.HELLO, payload, false);
  }

  /**
   * Returns the message that messages of a topic may be missing.
   *
   * @param topic the topic's name; left out if it is internal
   * @param after the id after which they may be missing
   * @param next the id before which they may be missing
   * @param reset whether the client is to forget all of the topic, because its state follows
   */
  public static ControlMessage gap(String topic, String after, String next, boolean reset) {
    Map<String, Object> payload = new LinkedHashMap<>();
    if (!topic.startsWith("$")) {
      payload.put("topic", topic);
    }
    payload.put("after", after);
    payload.put("next", next);
    if (reset) {
      payload.put("reset", true);
    }
    return new ControlMessage(Type.GAP, payload, false);
  }

  /** Returns the message that everything up to an id has been sent. */
  public static ControlMessage sync(String id) {
    return new ControlMessage(Type.SYNC, Map.of("id", id), false);
  }

  /**
   * Returns the message that a catch-up of a topic begins.
   *
   * @param after the id after which the catch-up begins
   * @param upTo the id of its end
   * @param ref the {@code ref} of the client's request, or {@code null}
   * @param isReply whether the client asked for it on this connection
   */
  public static ControlMessage joined(
      String topic, String after, String upTo, Object ref, boolean isReply) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("topic", topic);
    payload.put("after", after);
    payload.put("upTo", upTo);
    putRef(payload, ref);
    return new ControlMessage(Type.JOINED, payload, isReply);
  }

  /**
   * Returns the message that a topic is followed no more.
   *
   * @param ref the {@code ref} of the client's request, or {@code null}
   */
  public static ControlMessage left(String topic, Object ref) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("topic", topic);
    putRef(payload, ref);
    return new ControlMessage(Type.LEFT, payload, true);
  }

  /**
   * Returns the message that a message of the client was processed.
   *
   * @param ref which one
   * @param answer what a handler answered, as JSON in UTF-8; {@code null} if none did
   */
  public static ControlMessage ack(Object ref, byte[] answer) {
    Map<String, Object> payload = new LinkedHashMap<>();
    putRef(payload, ref);
    return new ControlMessage(Type.ACK, payload, answer, true);
  }

  /**
   * Returns the message that something which the client asked for was not done.
   *
   * @param ref the {@code ref} of the client's message, or {@code null}
   */
  public static ControlMessage error(Object ref, String code, String reason) {
    Map<String, Object> payload = new LinkedHashMap<>();
    putRef(payload, ref);
    payload.put("code", code);
    payload.put("reason", reason);
    return new ControlMessage(Type.ERROR, payload, true);
  }

  /**
   * Returns the message that the hub ends.
   *
   * @param retryAfterMs in how many milliseconds the client may come back
   */
  public static ControlMessage bye(long retryAfterMs) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("reason", "shutdown");
    payload.put("retryAfterMs", retryAfterMs);
    return new ControlMessage(Type.BYE, payload, true);
  }

  /** Returns the message's JSON text in UTF-8. */
  public byte[] json() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("type", type.text);
    message.put("payload", payload);
    byte[] json = Json.writeBytes(message);
    return answer == null ? json : withAnswer(json);
  }

  /** Returns the text with the answer in it. The text ends with the ends of two objects. */
  private byte[] withAnswer(byte[] json) {
    int end = json.length - END_BYTES;
    return ByteBuffer.allocate(json.length + ANSWER.length + answer.length)
        .put(json, 0, end)
        .put(ANSWER)
        .put(answer)
        .put(json, end, END_BYTES)
        .array();
  }

  private static void putRef(Map<String, Object> payload, Object ref) {
    if (ref != null) {
      payload.put("ref", ref);
    }
  }
}
