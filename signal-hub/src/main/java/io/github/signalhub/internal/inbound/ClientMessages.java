package io.github.signalhub.internal.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.internal.control.ClientMessage;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.spi.Handshake;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Does as the texts of one client say. Messages go to the application, and requests ({@code $join},
 * {@code $leave}) are done. A client that asked for control messages gets replies. Called where
 * listeners run, one text at a time.
 */
final class ClientMessages {
  private final Consumer<ControlMessage> asker;
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

  /** Takes a text. */
  void deliver(byte[] utf8) {
    ClientMessage parsed = ClientMessage.parse(utf8, answered);
    if (parsed instanceof ClientMessage.ForApplication message) {
      answer(message);
    } else if (parsed instanceof ClientMessage.Join join) {
      Reply reply = join(join);
      if (reply != Reply.DONE) { // else the session tells of it
        reply(reply, join.ref());
      }
    } else if (parsed instanceof ClientMessage.Leave leave) {
      followed.requestLeave(leave.topic(), leave.ref());
    } else if (parsed instanceof ClientMessage.BadRequest request) {
      reply(request.reply(), request.ref());
    } else if (parsed instanceof ClientMessage.Unreadable unreadable) {
      handler.text(new String(utf8, UTF_8));
      reply(unreadable.reply(), null);
    }
  }

  /** Takes the end of the client: no text follows. */
  void end() {
    refs.ifPresent(RefSessions.Membership::end);
  }

  private void answer(ClientMessage.ForApplication message) {
    if (message.ref() == null) {
      process(message);
    } else if (refs.isEmpty()) {
      reply(process(message), message.ref());
    } else {
      processOnce(refs.get(), message);
    }
  }

  private void processOnce(RefSessions.Membership place, ClientMessage.ForApplication message) {
    if (place.begin(message.ref())) {
      Reply reply = Reply.INTERNAL;
      try {
        reply = process(message);
      } finally { // or it would be in progress for ever, and a repeat would never be answered
        place.finish(message.ref(), reply);
      }
    }
  }

  private Reply process(ClientMessage.ForApplication message) {
    return handler.message(message.type(), message.payload());
  }

  /** Does a join if the application allows it. */
  private Reply join(ClientMessage.Join join) {
    FollowedTopics.Decision decision = followed.decide(join.topic()); // before the hook looks
    boolean allowed;
    try {
      allowed = handler.mayJoin(join.topic());
    } catch (Throwable e) { // other languages throw what Java checks
      handler.failed("The hook that authorizes joins failed", e);
      return Reply.INTERNAL;
    }
    if (!allowed) {
      return Reply.FORBIDDEN;
    }
    return switch (followed.granted(decision, join.after(), join.ref())) {
      case REVOKED -> Reply.FORBIDDEN;
      case TOO_MANY -> Reply.TOO_MANY_TOPICS;
      case FULL -> Reply.OVERLOADED;
      case DONE -> Reply.DONE;
    };
  }

  private void reply(Reply reply, Object ref) {
    if (answered) {
      asker.accept(reply.to(ref));
    }
  }
}
