package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.redis.internal.link.RedisLink;
import io.github.signalhub.spi.Backbone.Claim;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Protocol.Command;

/**
 * The claims of clients' messages and their outcomes, on their way to the server. Each may be sent
 * again: a node that claims its own message gets the same answer.
 *
 * <p>A claim that is given up after it was sent is released, because it must not be claimed later.
 *
 * <p>No lock is held while a claim is answered. Thread-safe.
 */
final class Requests {
  private static final long KEPT_MILLIS = TimeUnit.MINUTES.toMillis(5);
  private static final Claim UNAVAILABLE = new Claim(Claim.State.UNAVAILABLE, new byte[0]);

  private final HubKeys keys;
  private final String node;
  private final Runnable wake;
  private final int most;
  private final long deadlineNanos;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private boolean isClosed;

  /** Something that is sent until it is answered or given up. */
  abstract class Request {
    private final String key;
    private final String ofSession;
    private final long endNanos;
    private boolean isSent;

    Request(String key, String ofSession, long patienceNanos) {
      this.key = key;
      this.ofSession = ofSession;
      this.endNanos = System.nanoTime() + patienceNanos;
    }

    /** Puts the command behind those of the link. */
    abstract void sendTo(RedisLink link, Scripts scripts);

    abstract void answered(Object answer);

    abstract void giveUp();

    void claim(RedisLink link, Scripts scripts, String mode) {
      link.send(
          Command.EVALSHA,
          List.of(scripts.claim(), 2, key, ofSession, mode, node, keys.nodes(), KEPT_MILLIS));
    }
  }

  private final class Claiming extends Request {
    private final CompletableFuture<Claim> claim = new CompletableFuture<>();

    Claiming(String session, String ref) {
      super(keys.message(session, ref), keys.session(session), deadlineNanos);
    }

    @Override
    void sendTo(RedisLink link, Scripts scripts) {
      claim(link, scripts, "claim");
    }

    @Override
    void answered(Object answer) {
      List<?> parts = (List<?>) answer;
      byte[] outcome = parts.size() > 1 ? (byte[]) parts.get(1) : new byte[0];
      claim.complete(new Claim(state(Answer.text(answer, 0)), outcome));
    }

    @Override
    void giveUp() {
      claim.complete(UNAVAILABLE);
    }
  }

  private static Claim.State state(String name) {
    return switch (name) {
      case "mine" -> Claim.State.MINE;
      case "done" -> Claim.State.DONE;
      case "elsewhere" -> Claim.State.ELSEWHERE;
      default -> Claim.State.LOST;
    };
  }

  private final class Releasing extends Request {
    Releasing(Request claim) {
      super(claim.key, claim.ofSession, TimeUnit.MILLISECONDS.toNanos(KEPT_MILLIS));
    }

    @Override
    void sendTo(RedisLink link, Scripts scripts) {
      claim(link, scripts, "release");
    }

    @Override
    void answered(Object answer) {}

    @Override
    void giveUp() {}
  }

  private final class Keeping extends Request {
    private final byte[] value;

    Keeping(String session, String ref, byte[] outcome) {
      super(
          keys.message(session, ref),
          keys.session(session),
          TimeUnit.MILLISECONDS.toNanos(KEPT_MILLIS));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes("done ".getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(outcome);
      value = bytes.toByteArray();
    }

    @Override
    void sendTo(RedisLink link, Scripts scripts) {
      link.send(Command.SET, List.of(super.key, value, "PX", KEPT_MILLIS));
    }

    @Override
    void answered(Object answer) {}

    @Override
    void giveUp() {}
  }

  Requests(EngineOptions options, String node, Runnable wake) {
    this.keys = options.keys();
    this.node = node;
    this.wake = wake;
    this.most = options.maxPending();
    this.deadlineNanos = options.pendingDeadline().toNanos();
  }

  CompletionStage<Claim> claim(String session, String ref) {
    Claiming claiming = new Claiming(session, ref);
    if (!add(claiming)) {
      claiming.giveUp();
    }
    return claiming.claim;
  }

  void keep(String session, String ref, byte[] outcome) {
    add(new Keeping(session, ref, outcome));
  }

  private boolean add(Request request) {
    synchronized (this) {
      if (isClosed || waiting.size() >= most) {
        return false;
      }
      waiting.add(request);
    }
    wake.run();
    return true;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Returns what is to be sent next. */
  synchronized List<Request> take(int most) {
    List<Request> next = new ArrayList<>();
    while (next.size() < most && !waiting.isEmpty()) {
      Request request = waiting.poll();
      request.isSent = true;
      next.add(request);
    }
    return next;
  }

  /** Takes back what was sent over a link that ended. */
  void addAgain(List<Request> unanswered) {
    synchronized (this) {
      if (!isClosed) {
        for (int i = unanswered.size() - 1; i >= 0; i--) {
          waiting.addFirst(unanswered.get(i));
        }
        return;
      }
    }
    unanswered.forEach(Request::giveUp);
  }

  /** Gives up what has waited for too long. */
  void expire() {
    List<Request> late = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      for (Iterator<Request> all = waiting.iterator(); all.hasNext(); ) {
        Request next = all.next();
        if (now - next.endNanos > 0) {
          all.remove();
          late.add(next);
        }
      }
      for (Request request : late) {
        if (request.isSent && request instanceof Claiming) {
          waiting.add(new Releasing(request));
        }
      }
    }
    late.forEach(Request::giveUp);
  }

  /** Gives up everything. */
  void close() {
    List<Request> all;
    synchronized (this) {
      isClosed = true;
      all = List.copyOf(waiting);
      waiting.clear();
    }
    all.forEach(Request::giveUp);
  }
}
