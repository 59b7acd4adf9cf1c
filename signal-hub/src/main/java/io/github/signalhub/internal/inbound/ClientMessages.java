package io.github.signalhub.internal.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.refs.Reply;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonException;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.HandshakeQuery;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of the texts of one client: messages go to the application, requests ({@code $join},
 * {@code $leave}) are done, and a client that asked for control messages gets replies. Called where
 * listeners run, one text at a time.
 */
final class ClientMessages {
  /** The most characters (UTF-16 code units) of a {@code ref} that is a string. */
  private static final int MAX_REF_CHARS = 64;

  private final Reply.Asker asker;
  private final FollowedTopics followed;
  private final ClientHandler handler;
  private final boolean answered;
  private final Optional<RefSessions.Membership> refs;

  ClientMessages(
      Session session,
      Handshake handshake,
      FollowedTopics followed,
      ClientHandler handler,
      RefSessions refSessions) {
    this.asker = session::control;
    this.followed = followed;
    this.handler = handler;
    this.answered = handshake.controlMessages();
    this.refs =
        handshake
            .session()
            .filter(any -> answered)
            .map(id -> refSessions.attach(id, handshake, asker));
  }

  /**
   * A message of a client. A {@code topic} or an {@code id} in it is left out: those are the hub's
   * to give.
   *
   * @param type the {@code type}, not empty
   * @param payload the {@code payload}, or {@code null}
   * @param ref the {@code ref} as it stands in the text, or {@code null}
   */
  private record ClientMessage(String type, Object payload, Object ref) {
    /** Reads a text; empty if it is no object with a {@code type}. */
    private static Optional<ClientMessage> parse(byte[] utf8) {
      Object value;
      try {
        value = Json.parse(utf8);
      } catch (JsonException e) {
        return Optional.empty(); // its text may hold content, and only the peer is to blame
      }
      if (value instanceof Map<?, ?> fields
          && fields.get("type") instanceof String type
          && !type.isEmpty()) {
        return Optional.of(new ClientMessage(type, fields.get("payload"), fields.get("ref")));
      }
      return Optional.empty();
    }

    /** Returns whether this is a control message, or means to be one. */
    private boolean isControl() {
      return type.startsWith("$");
    }

    private boolean isRequest() {
      return type.equals("$join") || type.equals("$leave");
    }
  }

  /** Takes a text. */
  void deliver(byte[] utf8) {
    ClientMessage message = ClientMessage.parse(utf8).orElse(null);
    boolean control = message != null && message.isControl();
    if (message == null || control && !(answered && message.isRequest())) {
      unreadable(utf8, Reply.UNREADABLE);
    } else if (control) {
      request(message);
    } else if (!answered || message.ref == null) {
      process(message);
    } else if (!isRef(message.ref)) {
      unreadable(utf8, Reply.BAD_REF);
    } else if (refs.isEmpty()) {
      process(message).sendTo(asker, message.ref);
    } else {
      processOnce(refs.get(), message);
    }
  }

  /** Takes the end of the client: no text follows. */
  void end() {
    refs.ifPresent(RefSessions.Membership::end);
  }

  private void unreadable(byte[] utf8, Reply reply) {
    handler.text(new String(utf8, UTF_8));
    if (answered) {
      reply.sendTo(asker, null);
    }
  }

  private Reply process(ClientMessage message) {
    return handler.message(message.type, message.payload);
  }

  private void processOnce(RefSessions.Membership place, ClientMessage message) {
    if (place.begin(message.ref)) {
      Reply reply = Reply.INTERNAL;
      try {
        reply = process(message);
      } finally { // or it would be in progress for ever, and a repeat would never be answered
        place.finish(message.ref, reply);
      }
    }
  }

  private void request(ClientMessage message) {
    Map<?, ?> payload = message.payload instanceof Map<?, ?> fields ? fields : Map.of();
    Object ref = payload.get("ref");
    if (ref != null && !isRef(ref)) {
      Reply.BAD_REF.sendTo(asker, null);
      return;
    }
    boolean join = message.type.equals("$join");
    Object after = join ? payload.get("after") : null;
    boolean startable =
        after == null || after instanceof String id && MessageId.parse(id).isPresent();
    if (startable
        && payload.get("topic") instanceof String topic
        && HandshakeQuery.isTopic(topic)) {
      if (join) {
        join(topic, (String) after, ref);
      } else {
        followed.requestLeave(topic, ref);
      }
    } else {
      Reply.BAD_REQUEST.sendTo(asker, ref);
    }
  }

  private void join(String topic, String after, Object ref) {
    FollowedTopics.Decision decision = followed.decide(topic); // before the hook looks anything up
    boolean allowed;
    try {
      allowed = handler.mayJoin(topic);
    } catch (Throwable e) { // other languages throw what Java checks
      handler.failed("The hook that authorizes joins failed", e);
      Reply.INTERNAL.sendTo(asker, ref);
      return;
    }
    if (!allowed) {
      Reply.FORBIDDEN.sendTo(asker, ref);
      return;
    }
    switch (followed.granted(decision, after, ref)) {
      case REVOKED -> Reply.FORBIDDEN.sendTo(asker, ref);
      case TOO_MANY -> Reply.TOO_MANY_TOPICS.sendTo(asker, ref);
      case FULL -> Reply.OVERLOADED.sendTo(asker, ref);
      case DONE -> {}
    }
  }

  /** Returns whether a value can be a {@code ref}: a string of 1 to 64 characters or a long. */
  private static boolean isRef(Object value) {
    return value instanceof Long
        || value instanceof String text && !text.isEmpty() && text.length() <= MAX_REF_CHARS;
  }
}
