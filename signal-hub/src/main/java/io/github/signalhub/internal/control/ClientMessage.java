package io.github.signalhub.internal.control;

import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonException;
import io.github.signalhub.spi.HandshakeQuery;
import java.util.Map;

/**
 * A text of a client: a message for the application, a request to the hub, or neither. {@link
 * ControlMessage.Type} lists the requests. Immutable.
 */
public sealed interface ClientMessage {
  /** The most characters (UTF-16 code units) of a {@code ref} that is a string. */
  int MAX_REF_CHARS = 64;

  /**
   * A message for the application. A {@code topic} or an {@code id} in it is left out: those are
   * the hub's to give.
   *
   * @param type the {@code type}, not empty and without {@code $} in front
   * @param payload the {@code payload}, or {@code null}
   * @param ref under which the client waits for a reply; {@code null}: it does not
   */
  record ForApplication(String type, Object payload, Object ref) implements ClientMessage {}

  /**
   * {@code $join}: the client asks to follow a topic.
   *
   * @param after the id to begin after, or {@code null}
   * @param ref what the reply is to bear, or {@code null}
   */
  record Join(String topic, StartId after, Object ref) implements ClientMessage {}

  /**
   * {@code $leave}: the client asks to follow a topic no more.
   *
   * @param ref what the reply is to bear, or {@code null}
   */
  record Leave(String topic, Object ref) implements ClientMessage {}

  /** A text that is no message: the application is given it as it is. */
  record Unreadable(Reply reply) implements ClientMessage {}

  /**
   * A request with a fault.
   *
   * @param ref what the reply is to bear, or {@code null}
   */
  record BadRequest(Reply reply, Object ref) implements ClientMessage {}

  /**
   * Reads a text.
   *
   * @param controls whether the client asked for control messages: else it has no requests, and
   *     waits for no replies
   */
  static ClientMessage parse(byte[] utf8, boolean controls) {
    Object value;
    try {
      value = Json.parse(utf8);
    } catch (JsonException e) { // its text may hold content, and only the peer is to blame
      return new Unreadable(Reply.UNREADABLE);
    }
    if (!(value instanceof Map<?, ?> fields
        && fields.get("type") instanceof String type
        && !type.isEmpty())) {
      return new Unreadable(Reply.UNREADABLE);
    }
    if (type.startsWith("$")) {
      return controls ? request(type, fields.get("payload")) : new Unreadable(Reply.UNREADABLE);
    }
    Object ref = controls ? fields.get("ref") : null;
    return isRef(ref)
        ? new ForApplication(type, fields.get("payload"), ref)
        : new Unreadable(Reply.BAD_REF);
  }

  private static ClientMessage request(String type, Object payload) {
    boolean join = type.equals(ControlMessage.Type.JOIN.text());
    if (!join && !type.equals(ControlMessage.Type.LEAVE.text())) {
      return new Unreadable(Reply.UNREADABLE);
    }
    Map<?, ?> fields = payload instanceof Map<?, ?> object ? object : Map.of();
    Object ref = fields.get("ref");
    if (!isRef(ref)) {
      return new BadRequest(Reply.BAD_REF, null);
    }
    if (!(fields.get("topic") instanceof String topic && HandshakeQuery.isTopic(topic))) {
      return new BadRequest(Reply.BAD_REQUEST, ref);
    }
    return join ? join(topic, fields.get("after"), ref) : new Leave(topic, ref);
  }

  private static ClientMessage join(String topic, Object after, Object ref) {
    StartId start = after instanceof String id ? StartId.parse(id) : null;
    boolean startable = after == null || start != null && start.isWellFormed();
    return startable ? new Join(topic, start, ref) : new BadRequest(Reply.BAD_REQUEST, ref);
  }

  /** Returns whether a value can be a {@code ref}, or says that there is none. */
  private static boolean isRef(Object value) {
    return value == null
        || value instanceof Long
        || value instanceof String text && !text.isEmpty() && text.length() <= MAX_REF_CHARS;
  }
}
