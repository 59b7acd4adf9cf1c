package io.github.signalhub;

import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.inbound.Outcome;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * The handlers of requests, at most one for a type. Makes replies of what they return or throw.
 * Thread-safe.
 */
final class RequestHandlers {
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final Payloads payloads;
  private final int maxAnswerBytes;
  private final BiConsumer<String, Throwable> failures;
  private final LongAdder tooLong = new LongAdder();

  /** A handler of one type, which reads the payload by itself. */
  private interface Handler {
    Object answer(Client client, Message message);
  }

  /**
   * Creates an empty set.
   *
   * @param payloads read requests, and write answers
   * @param maxAnswerBytes the most bytes of an answer
   * @param failures takes what failed, and its cause
   */
  RequestHandlers(Payloads payloads, int maxAnswerBytes, BiConsumer<String, Throwable> failures) {
    this.payloads = payloads;
    this.maxAnswerBytes = maxAnswerBytes;
    this.failures = failures;
  }

  /**
   * Adds a handler.
   *
   * @throws IllegalArgumentException if the class cannot be read
   * @throws IllegalStateException if the type has a handler
   */
  <T> ListenerHandle add(
      String type, Class<T> payload, BiFunction<? super Client, ? super T, ?> handler) {
    payloads.checkReadable(payload);
    Handler added = (client, message) -> handler.apply(client, message.payloadAs(payload));
    if (handlers.putIfAbsent(type, added) != null) {
      throw new IllegalStateException(
          "expected one handler for requests of type \"" + type + "\", was a second one");
    }
    return () -> handlers.remove(type, added);
  }

  /** Returns how many answers were longer than they may be. */
  long tooLong() {
    return tooLong.sum();
  }

  /** Settles a message by the handler of its type. Without a handler the message is done. */
  void answer(Client client, Message message, Outcome outcome) {
    Handler handler = handlers.get(message.type());
    if (handler == null) {
      outcome.settle(Reply.DONE);
      return;
    }
    Object answer;
    try {
      answer = handler.answer(client, message);
      if (answer instanceof CompletionStage<?> stage) {
        stage.whenComplete((value, failure) -> settle(outcome, value, failure));
        return;
      }
    } catch (Throwable e) { // other languages throw what Java checks; and a stage is not ours
      settle(outcome, null, e);
      return;
    }
    settle(outcome, answer, null);
  }

  private void settle(Outcome outcome, Object answer, Throwable failure) {
    Reply reply = Reply.INTERNAL;
    try {
      reply = failure != null ? reply(failure) : outcome.isSettled() ? reply : reply(answer);
    } finally { // there may be no memory left to tell of a failure
      outcome.settle(reply);
    }
  }

  private Reply reply(Object answer) {
    byte[] json;
    try {
      json = payloads.write(answer);
    } catch (Throwable e) { // whatever the value's own methods throw
      failures.accept("An answer cannot be written", e);
      return Reply.INTERNAL;
    }
    if (json.length > maxAnswerBytes) {
      tooLong.increment();
      failures.accept(
          "An answer is too long",
          new IllegalArgumentException(
              "expected at most "
                  + maxAnswerBytes
                  + " bytes (maxAnswerBytes), was "
                  + json.length));
      return Reply.INTERNAL;
    }
    return Reply.answered(json);
  }

  private Reply reply(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause(); // stages wrap what a stage before them threw
    }
    if (cause instanceof RefusedException refusal) {
      return new Reply(refusal.code(), refusal.reason());
    }
    failures.accept("A handler of requests failed", failure);
    return Reply.INTERNAL;
  }
}
