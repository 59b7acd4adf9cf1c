package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to messages with a {@code ref}. The hub processes a repeated message once. */
@Timeout(60)
class AcknowledgementTest {
  private static final String SESSION = "0123456789abcdef0123456789abcdef";

  private final Room room = new Room();
  private final List<String> processed = new ArrayList<>();

  @Nested
  class Answers {
    @Test
    void messageIsAcknowledgedWhenAllListenersHaveReturned() {
      MemoryLink link = room.connect(opted());
      room.hub.onMessage((client, message) -> processed.add("first " + answers(link)));
      room.hub.onMessage((client, message) -> processed.add("second " + answers(link)));

      link.send("{\"type\":\"A\",\"ref\":7}");

      assertThat(answers(link)).containsExactly(ack(7L));
      assertThat(processed).containsExactly("first []", "second []");
    }

    @Test
    void refComesBackAsItWas() {
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"ref\":\"7\"}");
      link.send("{\"type\":\"A\",\"ref\":-9223372036854775808}");
      link.send("{\"type\":\"A\",\"ref\":\"" + "é".repeat(64) + "\"}");

      assertThat(answers(link)).containsExactly(ack("7"), ack(Long.MIN_VALUE), ack("é".repeat(64)));
    }

    @Test
    void refusalIsToldWithItsCodeAndReasonAndIsNoFailure() {
      room.hub.onMessage(
          (client, message) -> {
            throw new RefusedException("sold_out", "no seats are left");
          });
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"ref\":1}");

      assertThat(answers(link)).containsExactly(error(1L, "sold_out", "no seats are left"));
      assertThat(room.hub.stats().failedCallbacks()).isZero();
    }

    @Test
    void failureIsToldWithoutItsCause() {
      room.hub.onMessage(
          (client, message) -> {
            throw new IllegalStateException("a secret");
          });
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"ref\":1}");

      assertThat(answers(link)).containsExactly(error(1L, "internal", "the application failed"));
      assertThat(room.hub.stats().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void firstListenerThatThrowsDecidesAndTheOthersAreCalledAllTheSame() {
      room.hub.onMessage((client, message) -> processed.add("first"));
      room.hub.onMessage(
          (client, message) -> {
            throw new RefusedException("no");
          });
      room.hub.onMessage(
          (client, message) -> {
            throw new IllegalStateException("on purpose");
          });
      room.hub.onMessage((client, message) -> processed.add("last"));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"ref\":1}");

      assertThat(answers(link)).containsExactly(error(1L, "refused", "no"));
      assertThat(processed).containsExactly("first", "last");
      assertThat(room.hub.stats().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void messageWithoutRefIsNotAnswered() {
      room.hub.onMessage(
          (client, message) -> {
            throw new RefusedException("no");
          });
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\"}");

      assertThat(answers(link)).isEmpty();
    }

    @Test
    void clientThatAskedForNoControlMessagesIsProcessedAndNotAnswered() {
      room.hub.onMessage((client, message) -> processed.add(message.type()));
      MemoryLink link = room.connect(Handshake.builder().session(SESSION));

      link.send("{\"type\":\"A\",\"ref\":1}");
      link.send("{\"type\":\"B\",\"ref\":1}");
      link.send("{\"type\":\"C\",\"ref\":[]}");

      assertThat(processed).containsExactly("A", "B", "C");
      assertThat(room.arrived(link)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "1.5", "1e3", "9223372036854775808", "true", "[1]", "{}"})
    void whatCannotBeARefIsInvalidAndNotProcessed(String ref) {
      room.hub.onMessage((client, message) -> processed.add(message.type()));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"ref\":" + ref + "}");

      assertThat(codes(link)).containsExactly("invalid");
      assertThat(answers(link).toString()).doesNotContain("ref=");
      assertThat(processed).isEmpty();
      assertThat(room.hub.stats().ignored()).isEqualTo(1);
    }

    @Test
    void refOf65CharactersIsInvalid() {
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"A\",\"ref\":\"" + "r".repeat(65) + "\"}");

      assertThat(codes(link)).containsExactly("invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "[1]", "{}", "{\"type\":\"\"}", "{\"type\":\"$sync\"}"})
    void whatIsNoMessageIsInvalidAndStillGivenToTheApplication(String text) {
      room.hub.addListener(
          new HubListener() {
            @Override
            public void onText(Client client, String content) {
              processed.add(content);
            }
          });
      MemoryLink link = room.connect(opted());
      MemoryLink plain = room.connect();

      link.send(text);
      plain.send(text);

      assertThat(codes(link)).containsExactly("invalid");
      assertThat(room.arrived(plain)).isEmpty();
      assertThat(processed).containsExactly(text, text);
      assertThat(room.hub.stats().ignored()).isEqualTo(2);
    }
  }

  @Nested
  class Refusals {
    @Test
    void areCheckedWhereTheyAreMade() {
      new RefusedException("c".repeat(64), "é".repeat(61) + "r");

      assertThatIllegalArgumentException().isThrownBy(() -> new RefusedException("", "r"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RefusedException("c".repeat(65), "r"));
      assertThatIllegalArgumentException().isThrownBy(() -> new RefusedException("é".repeat(62)));
      assertThatIllegalArgumentException().isThrownBy(() -> new RefusedException("\ud800", "r"));
      assertThatIllegalArgumentException().isThrownBy(() -> new RefusedException("c", "\ud800"));
    }
  }

  @Nested
  class Repeats {
    @Test
    void afterAReturnGetTheFirstAnswerAndAreNotProcessed() {
      AtomicInteger seats = new AtomicInteger(1);
      room.hub.onMessage(
          (client, message) -> {
            processed.add(message.type());
            if (seats.getAndDecrement() == 0) {
              throw new RefusedException("sold_out", "no seats are left");
            }
          });
      MemoryLink first = room.connect(opted().session(SESSION));
      first.send("{\"type\":\"A\",\"ref\":1}");
      first.send("{\"type\":\"B\",\"ref\":2}");
      first.cut();

      MemoryLink second = room.connect(opted().session(SESSION));
      second.send("{\"type\":\"A\",\"ref\":1}");
      second.send("{\"type\":\"B\",\"ref\":2}");
      second.send("{\"type\":\"B\",\"ref\":2}");

      Map<String, Object> soldOut = error(2L, "sold_out", "no seats are left");
      assertThat(answers(second)).containsExactly(ack(1L), soldOut, soldOut);
      assertThat(processed).containsExactly("A", "B");
      assertThat(room.hub.stats().received()).isEqualTo(2);
    }

    @Test
    void ofAMessageWhoseFailureCouldNotEvenBeToldGetThatItFailed() {
      room.hub.onMessage(
          (client, message) -> {
            if (message.type().equals("B")) {
              throw new UntellableError();
            }
          });
      MemoryLink first = room.connect(opted().session(SESSION));
      first.send("{\"type\":\"A\",\"ref\":1}");
      first.send("{\"type\":\"B\",\"ref\":2}");
      room.transport.run();
      assertThat(first.closeReason()).contains(DisconnectReason.INTERNAL_ERROR);

      MemoryLink second = room.connect(opted().session(SESSION));
      second.send("{\"type\":\"B\",\"ref\":2}");

      assertThat(answers(second)).containsExactly(error(2L, "internal", "the application failed"));
    }

    @Test
    void ofAnotherUserOrSessionOrKindOfRefAreOtherMessages() {
      room.hub.onMessage((client, message) -> processed.add(client.user().orElse("-")));

      room.connect(opted().session(SESSION)).send("{\"type\":\"A\",\"ref\":1}");
      room.connect(opted().session(SESSION).user("ann")).send("{\"type\":\"A\",\"ref\":1}");
      room.connect(opted().session(SESSION).user("bob")).send("{\"type\":\"A\",\"ref\":1}");
      room.connect(opted().session("f" + SESSION)).send("{\"type\":\"A\",\"ref\":1}");
      room.connect(opted()).send("{\"type\":\"A\",\"ref\":1}");
      room.connect(opted()).send("{\"type\":\"A\",\"ref\":1}");
      room.connect(opted().session(SESSION).user("ann")).send("{\"type\":\"A\",\"ref\":\"1\"}");

      assertThat(processed).containsExactly("-", "ann", "bob", "-", "-", "-", "ann");
    }

    @Test
    void areKnownForTheLast1024Refs() {
      room.hub.onMessage((client, message) -> processed.add(message.type()));
      MemoryLink link = room.connect(opted().session(SESSION));
      for (int ref = 0; ref < 1025; ref++) {
        link.send("{\"type\":\"A\",\"ref\":" + ref + "}");
        room.run(); // so that the client reads its answers
      }
      processed.clear();

      link.send("{\"type\":\"known\",\"ref\":1}");
      link.send("{\"type\":\"forgotten\",\"ref\":0}");

      assertThat(processed).containsExactly("forgotten");
    }

    @Test
    void areKnownUntilFiveMinutesAfterTheLastConnection() {
      room.hub.onMessage((client, message) -> processed.add(message.type()));
      MemoryLink first = room.connect(opted().session(SESSION));
      first.send("{\"type\":\"A\",\"ref\":1}");
      room.clock.addAndGet(Duration.ofMinutes(10).toNanos());
      first.cut();

      room.clock.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
      MemoryLink second = room.connect(opted().session(SESSION));
      second.send("{\"type\":\"known\",\"ref\":1}");
      second.cut();
      room.clock.addAndGet(Duration.ofMinutes(5).toNanos());
      room.connect(opted().session(SESSION)).send("{\"type\":\"forgotten\",\"ref\":1}");

      assertThat(processed).containsExactly("A", "forgotten");
    }
  }

  /** Uses threads, because callbacks of a connection that has ended still run. */
  @Nested
  class InProgress {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final MemoryTransport transport = new MemoryTransport();
    private final Hub hub = Hub.builder().callbackExecutor(threads).build();
    private final AtomicInteger calls = new AtomicInteger();
    private final Semaphore entered = new Semaphore(0);
    private final CountDownLatch gate = new CountDownLatch(1);

    @Test
    void repeatIsAnsweredWhenTheFirstIsDoneAndOnlyToTheNewestConnectionThatAsked()
        throws Exception {
      hub.attach(transport);
      hub.onMessage(this::waits);
      MemoryLink first = transport.connect(opted().session(SESSION).build());
      first.send("{\"type\":\"A\",\"ref\":1}");
      entered.acquire();
      first.cut();

      MemoryLink second = transport.connect(opted().session(SESSION).build());
      MemoryLink third = transport.connect(opted().session(SESSION).build());
      third.send("{\"type\":\"A\",\"ref\":1}");
      third.send("{\"type\":\"fence\"}");
      entered.acquire(); // after the repeat, which was neither processed nor waited for
      second.send("{\"type\":\"A\",\"ref\":1}");
      second.send("{\"type\":\"fence\"}");
      entered.acquire();
      transport.run();
      assertThat(answers(transport, third)).isEmpty();

      gate.countDown();
      Awaiting.await(() -> {}, () -> !answers(transport, third).isEmpty());

      assertThat(answers(transport, third)).containsExactly(ack(1L));
      assertThat(answers(transport, second)).isEmpty();
      assertThat(calls).hasValue(1);
    }

    @Test
    void manyConnectionsThatSendTheSameRefsAtOnceAreProcessedOnceEach() throws Exception {
      ExecutorService senders = Executors.newFixedThreadPool(4);
      MemoryTransport loops = new MemoryTransport(4);
      hub.attach(loops);
      hub.onMessage((client, message) -> calls.incrementAndGet());
      List<MemoryLink> links = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        links.add(loops.connect(opted().session(SESSION).build()));
      }

      for (MemoryLink link : links) {
        senders.execute(
            () -> {
              for (int ref = 0; ref < 500; ref++) {
                link.send("{\"type\":\"A\",\"ref\":" + ref + "}");
              }
            });
      }
      senders.shutdown();
      assertThat(senders.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      for (MemoryLink link : links) {
        link.send("{\"type\":\"A\",\"ref\":\"last " + link.clientId() + "\"}");
        Awaiting.await(
            () -> {}, () -> answers(loops, link).contains(ack("last " + link.clientId())));
      }

      assertThat(calls).hasValue(500 + 4);
    }

    @AfterEach
    void end() {
      gate.countDown();
      hub.close(Duration.ZERO);
      threads.shutdown();
    }

    private void waits(Client client, Message message) {
      entered.release();
      if (message.type().equals("fence")) {
        return;
      }
      calls.incrementAndGet();
      try {
        assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static Handshake.Builder opted() {
    return Handshake.builder().controlMessages(true);
  }

  /** Returns all answers so far, oldest first. An error's {@code code} follows its {@code ref}. */
  private List<Object> answers(MemoryLink link) {
    return answers(room.transport, link);
  }

  private static List<Object> answers(MemoryTransport transport, MemoryLink link) {
    transport.run();
    return link.received().stream()
        .map(Room::json)
        .filter(message -> List.of("$ack", "$error").contains(message.get("type")))
        .map(message -> message.get("payload"))
        .toList();
  }

  private List<Object> codes(MemoryLink link) {
    return answers(link).stream()
        .map(answer -> ((Map<?, ?>) answer).get("code"))
        .map(Object.class::cast)
        .toList();
  }

  private static Map<String, Object> ack(Object ref) {
    return Map.of("ref", ref);
  }

  private static Map<String, Object> error(Object ref, String code, String reason) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("ref", ref);
    payload.put("code", code);
    payload.put("reason", reason);
    return payload;
  }
}
