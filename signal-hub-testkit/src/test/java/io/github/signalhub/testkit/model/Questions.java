package io.github.signalhub.testkit.model;

import io.github.signalhub.Hub;
import io.github.signalhub.testkit.Arrival;
import io.github.signalhub.testkit.SimulatedClient;
import io.github.signalhub.testkit.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The requests of clients, and the application that answers them at once or later. It checks that a
 * hub runs each request once, however often its client repeats it, and that the client gets the
 * answer of that run. Confined to the test's thread.
 */
final class Questions {
  private static final String TYPE = "ASK";

  /** A hub may forget a session after this time without a connection. */
  private static final Duration REMEMBERED = Duration.ofMinutes(5);

  private final SimulatedNetwork network;
  private final List<Asked> asked = new ArrayList<>();
  private int hubs;

  /** What was wrong in a handler, whose exceptions the hub keeps; {@code null}: nothing. */
  private String fault;

  /**
   * A request.
   *
   * @param number no two have the same
   * @param pad how many bytes to add to the answer
   * @param laterMillis after how long it is answered; at once if negative
   */
  record Question(int number, int pad, long laterMillis) {}

  private record Asked(SimulatedClient client, String ref, Question question) {}

  Questions(SimulatedNetwork network) {
    this.network = network;
  }

  /** Answers the requests to a hub. */
  void answerAt(Hub hub) {
    int number = ++hubs;
    Map<Integer, Duration> runs = new HashMap<>();
    hub.onRequest(TYPE, Question.class, (client, question) -> answer(number, runs, question));
  }

  private Object answer(int hub, Map<Integer, Duration> runs, Question question) {
    Duration now = network.clock().elapsed();
    Duration before = runs.put(question.number, now);
    if (before != null && now.minus(before).compareTo(REMEMBERED) < 0) {
      fault = "a request runs once: " + question;
    }
    String answer = hub + text(question);
    if (question.laterMillis < 0) {
      return answer;
    }
    CompletableFuture<String> stage = new CompletableFuture<>();
    network.schedule(() -> stage.complete(answer), Duration.ofMillis(question.laterMillis));
    return stage;
  }

  /** Lets a client ask. */
  void ask(SimulatedClient client, int pad, long laterMillis) {
    Question question = new Question(asked.size(), pad, laterMillis);
    asked.add(new Asked(client, client.request(TYPE, question), question));
  }

  /** Checks the runs and the answers so far. */
  void check() {
    Stage.require(fault == null, fault);
    for (Asked one : asked) {
      one.client.answer(one.ref).ifPresent(answer -> check(one, answer));
    }
  }

  /** Checks that a client that was connected and read for long has all answers. */
  void checkComplete(SimulatedClient client) {
    check();
    for (Asked one : asked) {
      Stage.require(
          one.client != client || client.answer(one.ref).isPresent(),
          "every request is answered: " + one);
    }
  }

  private void check(Asked one, Arrival answer) {
    Optional<String> value = answer.member("answer").map(String.class::cast);
    Stage.require(
        value.isPresent() && value.get().substring(1).equals(text(one.question)),
        "a request gets the answer of its run: " + one + " got " + answer.text());
  }

  private static String text(Question question) {
    return ":" + question.number + ":" + "x".repeat(question.pad);
  }
}
