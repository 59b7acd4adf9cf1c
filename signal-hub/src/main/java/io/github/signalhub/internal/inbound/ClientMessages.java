package io.github.signalhub.internal.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.internal.control.ClientMessage;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Loop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does as the texts of one client say. Messages go to the application, and requests to the hub
 * ({@code $join}, {@code $leave}) are done. A client that asked for control messages gets replies.
 * Called where listeners run, one text at a time; answers may come on any thread.
 */
final class ClientMessages implements RefSessions.Asker {
  /** After this time another node is asked again whether it has processed a message. */
  static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final Backbone.Claim UNAVAILABLE =
      new Backbone.Claim(Backbone.Claim.State.UNAVAILABLE, new byte[0]);

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

  /** Lets a message be processed on one node alone; {@code null}: there is no other. */
  private final Backbone backbone;

  /** The message that is not processed before its claim is answered; {@code null}: none. */
  private Claimed claiming;

  /** A message of a session that several nodes know, and the answer whether it is this node's. */
  private record Claimed(
      ClientMessage.ForApplication message,
      RefSessions.Membership place,
      CompletableFuture<Backbone.Claim> answer) {
    private Object ref() {
      return message.ref();
    }

    /** Returns the reference as nodes exchange it. */
    private String refText() {
      return Json.write(ref());
    }
  }

  /**
   * Begins with a client.
   *
   * @param onSent called soon after an answer was sent, on the loop
   * @param backbone lets a message be processed on one node alone; {@code null}: there is no other
   */
  ClientMessages(
      Session session,
      Handshake handshake,
      FollowedTopics followed,
      ClientHandler handler,
      RefSessions refSessions,
      PendingAnswers pending,
      Runnable onSent,
      Backbone backbone) {
    this.session = session;
    this.handshake = handshake;
    this.followed = followed;
    this.handler = handler;
    this.refSessions = refSessions;
    this.pending = pending;
    this.onSent = onSent;
    this.backbone = backbone;
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
   * Takes a text. If {@link #claiming} then returns something, this is to be called again with the
   * same text when that is complete.
   *
   * @return the outcome if it is pending, otherwise {@code null}
   */
  Outcome deliver(byte[] utf8) {
    if (claiming != null) {
      Claimed claimed = claiming;
      claiming = null;
      return process(claimed);
    }
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

  /**
   * Returns what the text waits for that was delivered last; {@code null}: it waits for nothing.
   */
  CompletionStage<?> claiming() {
    return claiming == null ? null : claiming.answer;
  }

  /** Takes the end of the client: no text follows. */
  void end() {
    if (claiming != null) { // nobody processes it
      claiming.place.refuse(claiming.ref(), Reply.UNAVAILABLE);
      claiming = null;
    }
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
    if (!place.begin(ref)) {
      pending.watch(loop()); // the connection that sent it first may have ended, and its loop
      return null;
    } else if (backbone == null) {
      return process(message, reply -> place.finish(ref, reply));
    }
    Claimed claimed = new Claimed(message, place, new CompletableFuture<>());
    claiming = claimed;
    claim(claimed, claimed.answer::complete);
    return null;
  }

  private void claim(Claimed message, Consumer<Backbone.Claim> answer) {
    backbone
        .claim(message.place.sessionName(), message.refText())
        .whenComplete((claim, failure) -> answer.accept(failure == null ? claim : UNAVAILABLE));
  }

  /** Processes a message whose claim is answered, if it is this node's to process. */
  private Outcome process(Claimed claimed) {
    RefSessions.Membership place = claimed.place;
    Object ref = claimed.ref();
    Backbone.Claim claim = claimed.answer.join();
    switch (claim.state()) {
      case MINE -> {
        return process(claimed.message, reply -> finish(claimed, reply));
      }
      case ELSEWHERE -> {
        return await(claimed);
      }
      case DONE -> place.finish(ref, KeptReply.read(claim.outcome()));
      case LOST -> place.finish(ref, Reply.INTERNAL);
      case UNAVAILABLE -> place.refuse(ref, Reply.UNAVAILABLE);
    }
    return null;
  }

  /** Tells the other nodes, then the client. */
  private void finish(Claimed claimed, Reply reply) {
    backbone.keep(claimed.place.sessionName(), claimed.refText(), KeptReply.write(reply));
    claimed.place.finish(claimed.ref(), reply);
  }

  /** Waits until another node has processed a message. */
  private Outcome await(Claimed claimed) {
    Outcome outcome =
        new Outcome(
            reply -> {
              if (reply == Reply.TIMEOUT || reply == Reply.UNAVAILABLE) {
                claimed.place.refuse(claimed.ref(), reply); // the other node may have one later
              } else {
                claimed.place.finish(claimed.ref(), reply);
              }
            });
    pending.add(outcome, loop());
    askAgain(claimed, outcome);
    return outcome;
  }

  private void askAgain(Claimed claimed, Outcome outcome) {
    loop()
        .schedule(
            () -> {
              if (!outcome.isSettled()) {
                claim(claimed, claim -> settle(claimed, outcome, claim));
              }
            },
            ASK_AGAIN_NANOS);
  }

  private void settle(Claimed claimed, Outcome outcome, Backbone.Claim claim) {
    switch (claim.state()) {
      case ELSEWHERE -> askAgain(claimed, outcome);
      case DONE -> outcome.settle(KeptReply.read(claim.outcome()));
      case LOST -> outcome.settle(Reply.INTERNAL);
      case UNAVAILABLE, MINE ->
          outcome.settle(Reply.UNAVAILABLE); // MINE: the other node gave it up
    }
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
