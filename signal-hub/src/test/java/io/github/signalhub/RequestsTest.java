package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.json.RawJson;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to requests, in virtual time. */
@Timeout(60)
class RequestsTest {
  private static final String SESSION = "0123456789abcdef0123456789abcdef";
  private static final String FAILED = "the application failed";

  private final MemoryTransport transport = new MemoryTransport();
  private final List<Object> asked = new ArrayList<>();
  private final List<CompletableFuture<Object>> stages = new ArrayList<>();
  private Hub hub = open(Hub.builder());

  record Query(String article, int count) {}

  record Price(String article, double price) {}

  @AfterEach
  void close() {
    hub.close(Duration.ZERO);
  }

  @Nested
  class Answers {
    @Test
    void travelInTheAcknowledgement() {
      hub.onRequest(
          "PRICE", Query.class, (client, query) -> new Price(query.article(), 2.5 * query.count()));
      MemoryLink link = connect();

      link.send("{\"type\":\"PRICE\",\"payload\":{\"article\":\"tea\",\"count\":2},\"ref\":7}");

      assertThat(texts(link))
          .containsExactly(
              "{\"type\":\"$ack\",\"payload\":{\"ref\":7,\"answer\":{\"article\":\"tea\",\"price\":5.0}}}");
    }

    @Test
    void mayBeAnyPayload() {
      List<Object> values = new ArrayList<>();
      values.add(null);
      values.addAll(List.of("a", 1, true, List.of(), Map.of("a", 1), Optional.of(2)));
      values.add(RawJson.of("{\"raw\": 1}"));
      hub.onRequest("NTH", Integer.class, (client, n) -> values.get(n));
      MemoryLink link = connect();

      for (int n = 0; n < values.size(); n++) {
        link.send("{\"type\":\"NTH\",\"payload\":%d,\"ref\":%d}".formatted(n, n));
      }

      assertThat(answers(link))
          .containsExactly(
              answer(0, null),
              answer(1, "a"),
              answer(2, 1L),
              answer(3, true),
              answer(4, List.of()),
              answer(5, Map.of("a", 1L)),
              answer(6, 2L),
              answer(7, Map.of("raw", 1L)));
    }

    @Test
    void ofStagesComeWhenTheyAreReadyAndTheNextRequestDoesNotWait() {
      onRequestStage();
      hub.onRequest("NOW", Object.class, (client, query) -> "now");
      MemoryLink link = connect();
      link.send(request("LATER", 1));
      link.send(request("LATER", 2));
      link.send(request("NOW", 3));

      assertThat(answers(link)).containsExactly(answer(3, "now"));
      stages.get(1).complete("second");
      stages.get(0).complete(null);

      assertThat(answers(link))
          .containsExactly(answer(3, "now"), answer(2, "second"), answer(1, null));
    }

    @Test
    void ofStagesThatAreReadyAlreadyComeAtOnce() {
      hub.onRequest("A", Object.class, (client, query) -> CompletableFuture.completedFuture("a"));
      hub.onRequest("B", Object.class, (client, query) -> CompletableFuture.completedStage("b"));
      hub.onRequest(
          "C",
          Object.class,
          (client, query) -> CompletableFuture.failedStage(new RefusedException("no")));
      MemoryLink link = connect();

      link.send(request("A", 1));
      link.send(request("B", 2));
      link.send(request("C", 3));

      assertThat(answers(link))
          .containsExactly(answer(1, "a"), answer(2, "b"), error(3, "refused", "no"));
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void ofTheCodecAreItsOwn() {
      hub = open(Hub.builder().payloadCodec(new Shouting(), Query.class::equals));
      hub.onRequest("ECHO", Query.class, (client, query) -> query);
      MemoryLink link = connect();

      link.send(request("ECHO", 1));

      assertThat(answers(link)).containsExactly(answer(1, "ANY"));
    }

    @Test
    void areDroppedIfTheRequestHasNoRef() {
      hub.onRequest("PRICE", Query.class, (client, query) -> asked.add(query));
      MemoryLink link = connect();

      link.send("{\"type\":\"PRICE\",\"payload\":{\"article\":\"tea\",\"count\":2}}");

      assertThat(asked).containsExactly(new Query("tea", 2));
      assertThat(answers(link)).isEmpty();
    }

    @Test
    void areDroppedIfTheClientAskedForNoControlMessages() {
      hub.onRequest("ANY", Object.class, (client, query) -> asked.add("any"));
      MemoryLink link = transport.connect(Handshake.builder().session(SESSION).build());

      link.send(request("ANY", 1));
      link.send(request("ANY", 1));

      assertThat(asked).hasSize(2);
      assertThat(texts(link)).isEmpty();
    }

    @Test
    void followThoseOfListenersWhichSeeRequestsFirst() {
      hub.onRequest("A", Object.class, (client, query) -> asked.add("handler"));
      hub.onMessage((client, message) -> asked.add("listener"));
      MemoryLink link = connect();

      link.send(request("A", 1));

      assertThat(asked).containsExactly("listener", "handler");
      assertThat(answers(link)).containsExactly(answer(1, true));
    }
  }

  @Nested
  class Refusals {
    @Test
    void areToldWithTheirCodeAndAreNoFailures() {
      hub.onRequest(
          "A",
          Object.class,
          (client, query) -> {
            throw new RefusedException("sold_out", "no seats are left");
          });
      onRequestStage();
      MemoryLink link = connect();

      link.send(request("A", 1));
      link.send(request("LATER", 2));
      link.send(request("LATER", 3));
      stages.get(0).completeExceptionally(new RefusedException("late", "too late"));
      stages
          .get(1)
          .completeExceptionally(
              new CompletionException(new CompletionException(new RefusedException("later", ""))));

      assertThat(answers(link))
          .containsExactly(
              error(1, "sold_out", "no seats are left"),
              error(2, "late", "too late"),
              error(3, "later", ""));
      assertThat(hub.stats().failedCallbacks()).isZero();
    }

    @Test
    void ofAStageThatFollowsAnotherAreFoundBeneathItsWrapper() {
      hub.onRequest(
          "A",
          Object.class,
          (client, query) ->
              CompletableFuture.completedFuture(1)
                  .thenApply(
                      one -> {
                        throw new RefusedException("no");
                      }));
      MemoryLink link = connect();

      link.send(request("A", 1));

      assertThat(answers(link)).containsExactly(error(1, "refused", "no"));
    }

    @Test
    void ofAPayloadThatDoesNotFitNeverReachTheHandler() {
      hub.onRequest("PRICE", Query.class, (client, query) -> asked.add(query));
      MemoryLink link = connect();

      link.send("{\"type\":\"PRICE\",\"payload\":{\"article\":\"tea\",\"count\":1.5},\"ref\":1}");
      link.send("{\"type\":\"PRICE\",\"ref\":2}");

      assertThat(answers(link))
          .containsExactly(
              error(
                  1,
                  "invalid_payload",
                  "expected an integer, was a number with a fraction at $.count"),
              error(2, "invalid_payload", "expected a payload, was null at $"));
      assertThat(asked).isEmpty();
      assertThat(hub.stats().failedCallbacks()).isZero();
    }

    @Test
    void ofAListenerKeepTheRequestFromItsHandler() {
      hub.onRequest("A", Object.class, (client, query) -> asked.add("handler"));
      hub.onMessage(
          (client, message) -> {
            throw new RefusedException("guarded", "");
          });
      MemoryLink link = connect();

      link.send(request("A", 1));

      assertThat(answers(link)).containsExactly(error(1, "guarded", ""));
      assertThat(asked).isEmpty();
    }
  }

  @Nested
  class Failures {
    @Test
    void areToldWithoutTheirCause() {
      hub.onRequest(
          "A",
          Object.class,
          (client, query) -> {
            throw new IllegalStateException("a secret");
          });
      onRequestStage();
      MemoryLink link = connect();

      link.send(request("A", 1));
      link.send(request("LATER", 2));
      link.send(request("LATER", 3));
      link.send(request("LATER", 4));
      stages.get(0).completeExceptionally(new CompletionException(new IllegalStateException("s")));
      stages.get(1).completeExceptionally(new StackOverflowError());
      stages.get(2).cancel(true);

      assertThat(answers(link))
          .containsExactly(
              IntStream.rangeClosed(1, 4)
                  .mapToObj(ref -> error(ref, "internal", FAILED))
                  .toArray(Object[]::new));
      assertThat(hub.stats().failedCallbacks()).isEqualTo(4);
    }

    @Test
    void ofAnswersThatCannotBeWrittenAreOurs() {
      onRequestStage();
      hub.onRequest("A", Object.class, (client, query) -> new Object());
      hub.onRequest("B", Object.class, (client, query) -> List.of(new Object()));
      hub.onRequest("C", Object.class, (client, query) -> "\ud800");
      MemoryLink link = connect();

      try (LoggedWarnings warnings = new LoggedWarnings()) {
        link.send(request("A", 1));
        link.send(request("B", 2));
        link.send(request("C", 3));
        link.send(request("LATER", 4));
        stages.get(0).complete(new CompletableFuture<>());

        assertThat(answers(link))
            .containsExactly(
                IntStream.rangeClosed(1, 4)
                    .mapToObj(ref -> error(ref, "internal", FAILED))
                    .toArray(Object[]::new));
        HubLogger.tellRepeats();
        assertThat(warnings.texts()).anyMatch(text -> text.contains("An answer cannot be written"));
      }
      assertThat(hub.stats().failedCallbacks()).isEqualTo(4);
    }

    @Test
    void ofAnswersThatAreTooLongAreOursAndOneOfTheLimitIsSent() {
      hub = open(Hub.builder().maxAnswerBytes(10));
      hub.onRequest("A", Integer.class, (client, length) -> "x".repeat(length));
      MemoryLink link = connect();

      link.send("{\"type\":\"A\",\"payload\":8,\"ref\":1}");
      link.send("{\"type\":\"A\",\"payload\":9,\"ref\":2}");

      assertThat(answers(link))
          .containsExactly(answer(1, "xxxxxxxx"), error(2, "internal", FAILED));
      assertThat(hub.stats().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void ofAStageThatBreaksItsOwnRulesAreToldOnce() {
      hub.onRequest("TWICE", Object.class, (client, query) -> new BrokenStage(2, false));
      hub.onRequest("THROWS", Object.class, (client, query) -> new BrokenStage(0, true));
      hub.onRequest("BOTH", Object.class, (client, query) -> new BrokenStage(1, true));
      MemoryLink link = connect();

      link.send(request("TWICE", 1));
      link.send(request("THROWS", 2));
      link.send(request("BOTH", 3));

      assertThat(answers(link))
          .containsExactly(answer(1, 1L), error(2, "internal", FAILED), answer(3, 1L));
    }

    @Test
    void thatCannotEvenBeToldEndTheClientAndARepeatGetsThatItFailed() {
      hub.onRequest(
          "A",
          Object.class,
          (client, query) -> {
            throw new UntellableError();
          });
      MemoryLink first = connect(SESSION);
      first.send(request("A", 1));
      transport.run();
      assertThat(first.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);

      MemoryLink second = connect(SESSION);
      second.send(request("A", 1));

      assertThat(answers(second)).containsExactly(error(1, "internal", FAILED));
    }
  }

  @Nested
  class Handlers {
    @Test
    void areOneForAType() {
      ListenerHandle first = hub.onRequest("A", Object.class, (client, query) -> "first");

      assertThatIllegalStateException()
          .isThrownBy(() -> hub.onRequest("A", Query.class, (client, query) -> "second"))
          .withMessageContaining("\"A\"");
      first.remove();
      hub.onRequest("A", Object.class, (client, query) -> "third");
      first.remove(); // not the third

      MemoryLink link = connect();
      link.send(request("A", 1));
      assertThat(answers(link)).containsExactly(answer(1, "third"));
    }

    @Test
    void thatAreRemovedStillAnswerWhatIsPendingAndLaterRequestsAreMessages() {
      ListenerHandle handle = onRequestStage();
      MemoryLink link = connect();
      link.send(request("LATER", 1));

      handle.remove();
      link.send(request("LATER", 2));
      stages.get(0).complete("late");

      assertThat(answers(link)).containsExactly(Map.of("ref", 2L), answer(1, "late"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$join", "$"})
    void areRefusedForTypesThatNoMessageCanHave(String type) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.onRequest(type, Object.class, (client, query) -> null));
    }

    @Test
    void areRefusedForClassesThatCannotBeRead() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.onRequest("A", Thread.class, (client, query) -> null));
    }

    @Test
    void areRefusedByAClosedHub() {
      hub.close(Duration.ZERO);

      assertThatIllegalStateException()
          .isThrownBy(() -> hub.onRequest("A", Object.class, (client, query) -> null));
    }

    @Test
    void areGivenLimitsWithinTheirRanges() {
      HubBuilder builder = Hub.builder();

      builder.requestTimeout(Duration.ofMillis(1)).requestTimeout(Duration.ofMinutes(4));
      builder.maxAnswerBytes(1).maxAnswerBytes(16 << 20);

      assertThatIllegalArgumentException().isThrownBy(() -> builder.requestTimeout(Duration.ZERO));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.requestTimeout(Duration.ofMinutes(4).plusNanos(1)));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.maxAnswerBytes(0));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.maxAnswerBytes((16 << 20) + 1));
    }
  }

  @Nested
  class Repeats {
    @Test
    void afterTheLinkWasCutBetweenHandlerAndAnswerGetTheSameAnswer() {
      List<MemoryLink> links = new ArrayList<>();
      hub.onRequest(
          "A",
          Object.class,
          (client, query) -> {
            asked.add(query);
            links.get(0).cut(); // the handler has run, and its answer cannot be sent
            return "answer " + asked.size();
          });
      links.add(connect(SESSION));
      links.get(0).send(request("A", 1));
      assertThat(answers(links.get(0))).isEmpty();

      MemoryLink second = connect(SESSION);
      second.send(request("A", 1));
      second.send(request("A", 1));

      assertThat(asked).hasSize(1);
      assertThat(answers(second)).containsExactly(answer(1, "answer 1"), answer(1, "answer 1"));
    }

    @Test
    void getTheAnswerThatCameWhileNobodyWasConnected() {
      onRequestStage();
      MemoryLink first = connect(SESSION);
      first.send(request("LATER", 1));
      first.cut();
      transport.run();
      stages.get(0).complete("meanwhile");

      MemoryLink second = connect(SESSION);
      second.send(request("LATER", 1));

      assertThat(stages).hasSize(1);
      assertThat(answers(second)).containsExactly(answer(1, "meanwhile"));
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void ofAPendingRequestAreAnsweredWithItAndOnlyToTheNewestConnection() {
      onRequestStage();
      MemoryLink first = connect(SESSION);
      first.send(request("LATER", 1));
      first.send(request("LATER", 1));
      MemoryLink second = connect(SESSION);
      second.send(request("LATER", 1));
      first.send(request("LATER", 1));

      stages.get(0).complete("once");

      assertThat(stages).hasSize(1);
      assertThat(answers(first)).isEmpty();
      assertThat(answers(second)).containsExactly(answer(1, "once"));
    }

    @Test
    void ofAPendingRequestOfAConnectionThatEndedAreAnsweredWithIt() {
      onRequestStage();
      MemoryLink first = connect(SESSION);
      first.send(request("LATER", 1));
      first.cut();
      transport.run();
      MemoryLink second = connect(SESSION);
      second.send(request("LATER", 1));
      assertThat(answers(second)).isEmpty();

      stages.get(0).complete("once");

      assertThat(stages).hasSize(1);
      assertThat(answers(second)).containsExactly(answer(1, "once"));
    }

    @Test
    void ofARefusedOrFailedRequestGetTheSame() {
      onRequestStage();
      MemoryLink first = connect(SESSION);
      first.send(request("LATER", 1));
      first.send(request("LATER", 2));
      first.cut();
      transport.run();
      stages.get(0).completeExceptionally(new RefusedException("no"));
      stages.get(1).completeExceptionally(new IllegalStateException());

      MemoryLink second = connect(SESSION);
      second.send(request("LATER", 1));
      second.send(request("LATER", 2));

      assertThat(stages).hasSize(2);
      assertThat(answers(second))
          .containsExactly(error(1, "refused", "no"), error(2, "internal", FAILED));
    }

    @Test
    void ofAnAnswerThatIsNotKeptAnyMoreAreToldSoAndDoNotRunAgain() {
      hub = open(Hub.builder().maxAnswerBytes(1_000));
      hub.onRequest("A", Object.class, (client, query) -> asked.add(1) ? "x".repeat(900) : "");
      MemoryLink link = connect(SESSION);
      for (int ref = 1; ref <= 5; ref++) {
        link.send(request("A", ref));
        transport.run();
      }

      link.send(request("A", 1));
      link.send(request("A", 2));

      assertThat(asked).hasSize(5);
      List<Object> answers = answers(link);
      assertThat(answers.get(5))
          .isEqualTo(
              error(
                  1,
                  "forgotten",
                  "the request was processed, and its answer is not kept any more"));
      assertThat(answers.get(6)).isEqualTo(answer(2, "x".repeat(900)));
    }

    @Test
    void withoutASessionRunAgain() {
      hub.onRequest("A", Object.class, (client, query) -> asked.add(1));
      MemoryLink link = connect();

      link.send(request("A", 1));
      link.send(request("A", 1));

      assertThat(asked).hasSize(2);
      assertThat(answers(link)).containsExactly(answer(1, true), answer(1, true));
    }
  }

  @Nested
  class Timeouts {
    @Test
    void areToldAndWhatComesLaterIsDropped() {
      hub = open(Hub.builder().requestTimeout(Duration.ofSeconds(3)));
      onRequestStage();
      MemoryLink link = connect(SESSION);
      link.send(request("LATER", 1));

      transport.advance(Duration.ofSeconds(3).minusNanos(1));
      assertThat(answers(link)).isEmpty();
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        transport.advance(Duration.ofNanos(1));
        HubLogger.tellRepeats();
        assertThat(warnings.texts()).anyMatch(text -> text.contains("requestTimeout"));
      }
      stages.get(0).complete("too late");
      link.send(request("LATER", 1));

      Map<String, Object> timeout = error(1, "timeout", "the application did not answer in time");
      assertThat(answers(link)).containsExactly(timeout, timeout);
      assertThat(stages).hasSize(1);
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void areThirtySecondsByDefaultAndEachRequestHasItsOwn() {
      onRequestStage();
      MemoryLink link = connect();
      link.send(request("LATER", 1));
      transport.advance(Duration.ofSeconds(20));
      link.send(request("LATER", 2));

      transport.advance(Duration.ofSeconds(10));
      assertThat(codes(link)).containsExactly("timeout");
      transport.advance(Duration.ofSeconds(20));

      assertThat(codes(link)).containsExactly("timeout", "timeout");
    }

    @Test
    void leaveNoTimerOnceNothingIsPending() {
      hub = open(Hub.builder().syncInterval(Duration.ZERO));
      onRequestStage();
      MemoryLink link = connect();
      for (int ref = 0; ref < 50; ref++) {
        link.send(request("LATER", ref));
        stages.get(ref).complete(ref);
      }
      transport.run();

      transport.advance(Duration.ofSeconds(30));

      assertThat(transport.nextTimerNanos()).isEmpty();
      assertThat(answers(link)).hasSize(50);
    }

    @Test
    void holdForAClientThatIsGoneAndItsRepeatIsToldSo() {
      onRequestStage();
      MemoryLink first = connect(SESSION);
      first.send(request("LATER", 1));
      first.cut();

      transport.advance(Duration.ofSeconds(30));
      MemoryLink second = connect(SESSION);
      second.send(request("LATER", 1));

      assertThat(codes(second)).containsExactly("timeout");
      assertThat(stages).hasSize(1);
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void holdThoughTheLoopOfTheFirstConnectionHasEnded() throws IOException {
      MemoryTransport other = new MemoryTransport(); // its loop runs no more
      hub.attach(other);
      onRequestStage();
      MemoryLink first = other.connect(opted().session(SESSION).build());
      first.send(request("LATER", 1));
      first.cut();
      other.run();

      transport.advance(Duration.ofSeconds(29));
      MemoryLink second = connect(SESSION);
      second.send(request("LATER", 1));
      transport.advance(Duration.ofSeconds(1));

      assertThat(codes(second)).containsExactly("timeout");
    }
  }

  @Nested
  class Limits {
    @Test
    void onPendingAnswersLetTheNextMessageWait() {
      onRequestStage();
      hub.onMessage(
          (client, message) -> {
            if (message.type().equals("SAY")) {
              asked.add(message.payload());
            }
          });
      MemoryLink link = connect();
      for (int ref = 0; ref < 65; ref++) {
        link.send(request("LATER", ref));
      }
      link.send("{\"type\":\"SAY\",\"payload\":\"hello\"}");
      assertThat(stages).hasSize(64);

      stages.get(5).complete(5);
      assertThat(stages).hasSize(65);
      assertThat(asked).isEmpty();
      stages.get(6).complete(6);

      assertThat(asked).containsExactly("hello");
      stages.forEach(stage -> stage.complete(0));
      assertThat(answers(link)).hasSize(65);
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void onPendingAnswersCountRequestsWithoutARef() {
      onRequestStage();
      MemoryLink link = connect();

      for (int i = 0; i < 65; i++) {
        link.send("{\"type\":\"LATER\"}");
      }

      assertThat(stages).hasSize(64);
    }

    @Test
    void onPendingAnswersStopReadingAndTimeoutsEndThat() {
      onRequestStage();
      MemoryLink link = connect();
      for (int ref = 0; ref < 500; ref++) {
        link.send(request("LATER", ref));
        transport.run();
      }
      assertThat(link.isReadEnabled()).isFalse();
      assertThat(stages).hasSize(64);

      transport.advance(Duration.ofSeconds(30));

      assertThat(stages).hasSizeGreaterThanOrEqualTo(128);
      assertThat(answers(link)).hasSize(64);
    }

    @Test
    void onAnswersThatWaitToBeReadLetTheNextMessageWait() {
      hub = open(Hub.builder().maxAnswerBytes(1_000));
      hub.onRequest("A", Object.class, (client, query) -> asked.add(1) ? "x".repeat(900) : "");
      MemoryLink link = connect(SESSION);
      link.stall();
      for (int ref = 0; ref < 50; ref++) {
        link.send(request("A", ref));
        transport.run();
      }
      int before = asked.size();
      assertThat(before).isLessThan(50);

      link.resume();
      transport.run();

      assertThat(asked).hasSize(50);
      assertThat(answers(link))
          .containsExactly(
              LongStream.range(0, 50)
                  .mapToObj(ref -> answer(ref, "x".repeat(900)))
                  .toArray(Object[]::new));
    }

    @Test
    void onAnswersThatWaitToBeReadEndWithTheClient() {
      hub = open(Hub.builder().maxAnswerBytes(1_000));
      hub.onRequest("A", Object.class, (client, query) -> "x".repeat(900));
      List<String> ends = new ArrayList<>();
      hub.addListener(
          new HubListener() {
            @Override
            public void onDisconnect(Client client, DisconnectReason reason) {
              ends.add(client.id());
            }
          });
      MemoryLink link = connect();
      link.stall();
      for (int ref = 0; ref < 20; ref++) {
        link.send(request("A", ref));
        transport.run();
      }

      link.cut();
      transport.run();

      assertThat(ends).containsExactly(link.clientId());
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void onMemoryHoldForClientsThatAskOnceAndGo() {
      hub = open(Hub.builder().maxWaitingBytes(2_000_000));
      onRequestStage();

      for (int i = 0; i < 2_000; i++) {
        MemoryLink link = transport.connect(opted().user("attacker").build());
        link.send(request("LATER", 1));
        link.cut();
      }

      assertThat(stages).hasSizeLessThan(200); // each keeps its client
      transport.advance(Duration.ofHours(1));
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void onMemoryHoldForManyClientsWithStagesThatNeverComplete() {
      hub = open(Hub.builder().maxWaitingBytes(2_000_000).maxTopicsPerClient(1));
      onRequestStage();
      hub.onMessage(
          (client, message) -> {
            if (message.type().equals("SAY")) {
              asked.add(message.payload());
            }
          });
      for (int i = 0; i < 200; i++) {
        MemoryLink link = transport.connect(opted().user("attacker").build());
        for (int ref = 0; ref < 64; ref++) {
          link.send(request("LATER", ref));
        }
      }
      assertThat(hub.waitingBytes()).isLessThan(2_000_000);
      assertThat(stages).hasSizeLessThan(200 * 64);

      transport
          .connect(opted().user("honest").build())
          .send("{\"type\":\"SAY\",\"payload\":\"hello\"}");

      assertThat(asked).containsExactly("hello");
      transport.advance(Duration.ofHours(1));
      assertThat(hub.waitingBytes()).isZero();
    }
  }

  @Nested
  class Ends {
    @Test
    void ofTheClientDropTheAnswer() {
      onRequestStage();
      MemoryLink link = connect();
      link.send(request("LATER", 1));
      link.cut();
      transport.run();

      stages.get(0).complete("nobody is there");

      assertThat(hub.waitingBytes()).isZero();
      assertThat(hub.stats().failedCallbacks()).isZero();
    }

    @Test
    void ofTheHubDropTheAnswer() {
      onRequestStage();
      MemoryLink link = connect(SESSION);
      link.send(request("LATER", 1));
      hub.close(Duration.ZERO);

      stages.get(0).complete("the hub is closed");

      assertThat(answers(link)).isEmpty();
      assertThat(hub.waitingBytes()).isZero();
    }

    @Test
    void ofTheHubWaitForAnswersThatArePending() throws InterruptedException {
      hub = open(Hub.builder().callbackExecutor(Runnable::run));
      CountDownLatch asked = new CountDownLatch(1);
      CompletableFuture<String> stage = new CompletableFuture<>();
      hub.onRequest("LATER", Object.class, (client, query) -> stage);
      MemoryLink link = connect();
      link.send(request("LATER", 1));
      transport.run();
      Thread closing =
          new Thread(
              () -> {
                asked.countDown();
                hub.close(Duration.ofSeconds(60));
              });
      closing.start();
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      Awaiting.await(() -> {}, () -> closing.getState() == Thread.State.TIMED_WAITING);

      stage.complete("just in time");
      Awaiting.await(transport::run, () -> !closing.isAlive());

      assertThat(answers(link)).containsExactly(answer(1, "just in time"));
      assertThat(link.closeReason()).contains(DisconnectReason.GOING_AWAY);
    }
  }

  /** Returns whatever it reads and writes in capitals. */
  private static final class Shouting implements PayloadCodec {
    @Override
    public String write(Object payload) {
      return "\"ANY\"";
    }

    @Override
    public <T> T read(String json, Class<T> type) {
      return type.cast(new Query("any", 1));
    }
  }

  /** A stage that calls back as often as it likes, and then throws if it likes. */
  private static final class BrokenStage extends CompletableFuture<Object> {
    private final int calls;
    private final boolean fails;

    private BrokenStage(int calls, boolean fails) {
      this.calls = calls;
      this.fails = fails;
    }

    @Override
    public CompletableFuture<Object> whenComplete(
        BiConsumer<? super Object, ? super Throwable> action) {
      for (int i = 1; i <= calls; i++) {
        action.accept(i, null);
      }
      if (fails) {
        throw new IllegalStateException("on purpose");
      }
      return this;
    }
  }

  private Hub open(HubBuilder options) {
    Hub opened = options.nanoClock(transport.nanoClock()).callbackExecutor(Runnable::run).build();
    try {
      opened.attach(transport);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return opened;
  }

  /** Answers requests of the type LATER by {@link #stages}. */
  private ListenerHandle onRequestStage() {
    return hub.onRequest(
        "LATER",
        Optional.class,
        (client, query) -> {
          CompletableFuture<Object> stage = new CompletableFuture<>();
          stages.add(stage);
          return stage;
        });
  }

  private MemoryLink connect() {
    return transport.connect(opted().build());
  }

  private MemoryLink connect(String session) {
    return transport.connect(opted().session(session).build());
  }

  private static Handshake.Builder opted() {
    return Handshake.builder().controlMessages(true);
  }

  private static String request(String type, long ref) {
    return "{\"type\":\"%s\",\"payload\":{},\"ref\":%d}".formatted(type, ref);
  }

  /** Returns the texts of all answers so far, oldest first. */
  private List<String> texts(MemoryLink link) {
    transport.run();
    return link.received().stream()
        .filter(text -> text.startsWith("{\"type\":\"$ack\"") || text.contains("\"$error\""))
        .toList();
  }

  private List<Object> answers(MemoryLink link) {
    return texts(link).stream().map(Room::payload).map(Object.class::cast).toList();
  }

  private List<Object> codes(MemoryLink link) {
    return answers(link).stream()
        .map(answer -> ((Map<?, ?>) answer).get("code"))
        .map(Object.class::cast)
        .toList();
  }

  private static Map<String, Object> answer(long ref, Object value) {
    Map<String, Object> payload = new HashMap<>();
    payload.put("ref", ref);
    payload.put("answer", value);
    return payload;
  }

  private static Map<String, Object> error(long ref, String code, String reason) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("ref", ref);
    payload.put("code", code);
    payload.put("reason", reason);
    return payload;
  }
}
