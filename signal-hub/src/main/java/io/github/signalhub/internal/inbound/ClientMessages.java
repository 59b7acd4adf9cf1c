package io.github.signalhub.internal.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.internal.control.ClientMessage;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Loop;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does as the texts of one client say. Messages go to the application, and requests to the hub
 * ({@code $join}, {@code $leave}) are done. A client that asked for control messages gets replies.
 * Called where listeners run, one text at a time; answers may come on any thread.
 */
final class ClientMessages implements RefSessions.Asker {
  private final Session session;
  private final Handshake handshake;
  private final FollowedTopics followed;
  private final ClientHandler handler;
  private final RefSessions refSessions;
  private final PendingAnswers pending;
  private final boolean answered;
  private final AtomicLong unsentBytes = new AtomicLong();
  private final Runnable onSent;
  private final Optional<RefSessions.Membership> refs;

  /** The place of a client without a session; made for its first answer. Guarded by this. */
  private RefSessions.Membership alone;

  private boolean ended; // guarded by this

  /**
   * Begins with a client.
   *
   * @param onSent called soon after an answer was sent, on the loop
   */
  ClientMessages(
      Session session,
      Handshake handshake,
      FollowedTopics followed,
      ClientHandler handler,
      RefSessions refSessions,
      PendingAnswers pending,
      Runnable onSent) {
    this.session = session;
    this.handshake = handshake;
    this.followed = followed;
    this.handler = handler;
    this.refSessions = refSessions;
    this.pending = pending;
    this.onSent = onSent;
    this.answered = handshake.controlMessages();
    this.refs =
        handshake
            .session()
            .filter(any -> hasSession(handshake))
            .map(id -> refSessions.attach(id, handshake, this));
  }

  /** Returns whether a client has a session, which begins with its connection. */
  static boolean hasSession(Handshake handshake) {
    return handshake.controlMessages() && handshake.session().isPresent();
  }

  /**
   * Takes a text.
   *
   * @return the outcome if it is pending, otherwise {@code null}
   */
  Outcome deliver(byte[] utf8) {
    ClientMessage parsed = ClientMessage.parse(utf8, answered);
    if (parsed instanceof ClientMessage.ForApplication message) {
      return answer(message);
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
    return null;
  }

  /** Takes the end of the client: no text follows. */
  void end() {
    refs.ifPresent(RefSessions.Membership::end);
    RefSessions.Membership last;
    synchronized (this) {
      ended = true;
      last = alone;
      alone = null;
    }
    if (last != null) {
      last.end();
    }
  }

  /** Returns how many bytes the answers have that the link has not taken. */
  long unsentBytes() {
    return unsentBytes.get();
  }

  @Override
  public void tell(int answerBytes, Supplier<ControlMessage> reply) {
    unsentBytes.addAndGet(answerBytes);
    session.control(
        () -> {
          if (answerBytes > 0) {
            unsentBytes.addAndGet(-answerBytes);
            session.execute(onSent); // not within the link's call
          }
          return reply.get();
        });
  }

  private Outcome answer(ClientMessage.ForApplication message) {
    Object ref = message.ref();
    if (ref == null) {
      return process(message, reply -> {});
    } else if (refs.isEmpty()) {
      return process(message, reply -> replyOnce(reply, ref));
    }
    RefSessions.Membership place = refs.get();
    if (place.begin(ref)) {
      return process(message, reply -> place.finish(ref, reply));
    }
    pending.watch(loop()); // the connection that sent it first may have ended, and its loop
    return null;
  }

  /** Hands a message to the application; returns its outcome if that is pending. */
  private Outcome process(ClientMessage.ForApplication message, Consumer<Reply> taker) {
    Outcome outcome = new Outcome(taker);
    boolean returned = false;
    try {
      handler.message(message.type(), message.payload(), outcome);
      returned = true;
    } finally { // or it would be in progress for ever, and a repeat would never be answered
      if (!returned) {
        outcome.settle(Reply.INTERNAL);
      }
    }
    if (outcome.isSettled()) {
      return null;
    }
    pending.add(outcome, loop());
    return outcome;
  }

  private Loop loop() {
    return session.connection().loop();
  }

  /** Sends a reply that no repeat can ask for. */
  private void replyOnce(Reply reply, Object ref) {
    if (reply.answer() == null) {
      reply(reply, ref);
      return;
    }
    RefSessions.Membership place;
    synchronized (this) {
      if (alone == null && !ended) {
        alone = refSessions.attach(handshake, this);
      }
      place = alone;
    }
    if (place != null) { // else nobody is there
      place.send(ref, reply);
    }
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
      session.control(reply.to(ref));
    }
  }
}
