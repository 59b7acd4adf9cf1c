package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.refs.Reply;
import io.github.signalhub.spi.HandshakeQuery;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of the texts of one client: messages go to the listeners, requests ({@code $join},
 * {@code $leave}) are done, and who asked for control messages gets an answer. Called on the
 * callback executor, one text at a time.
 */
final class ClientMessages {
  private final Hub hub;
  private final Client client;
  private final boolean answered;
  private final Optional<RefSessions.Membership> session;

  ClientMessages(Hub hub, Client client, Optional<String> session) {
    this.hub = hub;
    this.client = client;
    this.answered = client.asksForControlMessages();
    this.session =
        session
            .filter(any -> answered)
            .map(id -> hub.refSessions().attach(id, client.handshake(), client::control));
  }

  /** Takes a text. */
  void deliver(byte[] utf8) {
    Incoming incoming = Incoming.parse(utf8).orElse(null);
    boolean control = incoming != null && incoming.isControl();
    if (incoming == null || control && !(answered && isRequest(incoming.type()))) {
      unreadable(utf8, Reply.UNREADABLE);
    } else if (control) {
      request(incoming);
    } else if (answered && incoming.ref() != null && !Incoming.isRef(incoming.ref())) {
      unreadable(utf8, Reply.BAD_REF);
    } else {
      message(new Message(incoming.type(), incoming.payload()), incoming.ref());
    }
  }

  /** Takes the end of the client: no text follows. */
  void end() {
    session.ifPresent(RefSessions.Membership::end);
  }

  private void unreadable(byte[] utf8, Reply reply) {
    hub.counters().ignored.increment();
    hub.listeners().each(listener -> listener.onText(client, new String(utf8, UTF_8)));
    if (answered) {
      reply.sendTo(client::control, null);
    }
  }

  private void message(Message message, Object ref) {
    if (!answered || ref == null) {
      process(message);
    } else if (session.isEmpty()) {
      process(message).sendTo(client::control, ref);
    } else {
      once(session.get(), message, ref);
    }
  }

  private void once(RefSessions.Membership place, Message message, Object ref) {
    if (place.begin(ref)) {
      Reply reply = Reply.INTERNAL;
      try {
        reply = process(message);
      } finally { // or it would be in progress for ever, and a repeat would never be answered
        place.finish(ref, reply);
      }
    }
  }

  private Reply process(Message message) {
    hub.counters().received.increment();
    return hub.listeners().process(client, message);
  }

  private static boolean isRequest(String type) {
    return type.equals("$join") || type.equals("$leave");
  }

  private void request(Incoming incoming) {
    Map<?, ?> payload = incoming.payload() instanceof Map<?, ?> fields ? fields : Map.of();
    Object ref = payload.get("ref");
    if (ref != null && !Incoming.isRef(ref)) {
      Reply.BAD_REF.sendTo(client::control, null);
      return;
    }
    boolean join = incoming.type().equals("$join");
    Object after = join ? payload.get("after") : null;
    boolean startable =
        after == null || after instanceof String id && MessageId.parse(id).isPresent();
    if (startable
        && payload.get("topic") instanceof String topic
        && HandshakeQuery.isTopic(topic)) {
      if (join) {
        join(topic, (String) after, ref);
      } else {
        client.followed().requestLeave(topic, ref);
      }
    } else {
      Reply.BAD_REQUEST.sendTo(client::control, ref);
    }
  }

  private void join(String topic, String after, Object ref) {
    FollowedTopics followed = client.followed();
    FollowedTopics.Decision decision = followed.decide(topic); // before the hook looks anything up
    boolean allowed;
    try {
      allowed = hub.inbound().joins().map(hook -> hook.test(client, topic)).orElse(false);
    } catch (Throwable e) { // other languages throw what Java checks
      hub.listeners().failed("The hook that authorizes joins failed", e);
      Reply.INTERNAL.sendTo(client::control, ref);
      return;
    }
    if (!allowed) {
      Reply.FORBIDDEN.sendTo(client::control, ref);
      return;
    }
    switch (followed.granted(decision, after, ref)) {
      case REVOKED -> Reply.FORBIDDEN.sendTo(client::control, ref);
      case TOO_MANY -> Reply.TOO_MANY_TOPICS.sendTo(client::control, ref);
      case FULL -> Reply.OVERLOADED.sendTo(client::control, ref);
      case DONE -> {}
    }
  }
}
