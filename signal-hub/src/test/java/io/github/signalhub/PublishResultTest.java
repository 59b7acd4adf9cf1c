package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.PublishResult.Status;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublishResultTest {
  private static final String PADDING = "x".repeat(1_000);
  private static final PublishResult ACCEPTED = PublishResult.accepted(0x1234, 7);

  @Nested
  class Questions {
    @ParameterizedTest
    @EnumSource(
        value = Status.class,
        mode = EnumSource.Mode.EXCLUDE,
        names = {"ACCEPTED", "PENDING"})
    void aRefusedMessageIsNotAcceptedAndHasNoId(Status status) {
      PublishResult refused = PublishResult.refused(status);

      assertThat(refused.isAccepted()).isFalse();
      assertThat(refused.id()).isEmpty();
      assertThat(refused).hasToString(status.name());
    }

    @ParameterizedTest
    @EnumSource(
        value = Status.class,
        names = {"OVERLOADED", "TOO_MANY_KEYS", "TABLES_FULL", "UNAVAILABLE", "CLIENT_FULL"})
    void whatWasNotAppendedAndMayFitLaterIsRetryable(Status status) {
      assertThat(PublishResult.refused(status).isRetryable()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
        value = Status.class,
        names = {"TOO_LARGE", "UNCONFIRMED", "CLOSED", "NO_SUCH_CLIENT", "CLIENT_CLOSING"})
    void whatNeverFitsOrMayBeInTheLogIsNotRetryable(Status status) {
      assertThat(PublishResult.refused(status).isRetryable()).isFalse();
    }

    @Test
    void anAcceptedMessageHasItsIdAndIsNotRetryable() {
      assertThat(ACCEPTED.isAccepted()).isTrue();
      assertThat(ACCEPTED.isRetryable()).isFalse();
      assertThat(ACCEPTED.id()).contains("0000000000001234-0000000000000007");
      assertThat(ACCEPTED).hasToString("ACCEPTED 0000000000001234-0000000000000007");
    }

    @Test
    void aPendingMessageIsAcceptedSoThatALoopDoesNotPublishItTwice() {
      PublishResult pending = PublishResult.pending(new CompletableFuture<>());

      assertThat(pending.status()).isEqualTo(Status.PENDING);
      assertThat(pending.isAccepted()).isTrue();
      assertThat(pending.isRetryable()).isFalse();
      assertThat(pending.id()).isEmpty();
      assertThat(pending.orThrow()).isSameAs(pending);
      assertThat(pending).hasToString("PENDING");
    }
  }

  @Nested
  class OrThrow {
    @Test
    void anAcceptedResultIsReturned() {
      assertThat(ACCEPTED.orThrow()).isSameAs(ACCEPTED);
    }

    @Test
    void anyOtherIsThrownWithItsStatus() {
      Hub hub = Hub.create();
      hub.close(Duration.ZERO);

      assertThatExceptionOfType(PublishException.class)
          .isThrownBy(() -> hub.topic("flow:42").publish("STEP", 1).orThrow())
          .withMessage("expected an accepted message, was CLOSED")
          .satisfies(thrown -> assertThat(thrown.result().status()).isEqualTo(Status.CLOSED));
    }

    @Test
    void theExceptionKeepsItsResultWhenItIsSerialized() throws Exception {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      new ObjectOutputStream(bytes).writeObject(new PublishException(Status.UNAVAILABLE));

      PublishException read =
          (PublishException)
              new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

      assertThat(read.result().status()).isEqualTo(Status.UNAVAILABLE);
    }
  }

  @Nested
  class Settling {
    private final CompletableFuture<PublishResult> outcome = new CompletableFuture<>();
    private final PublishResult pending = PublishResult.pending(outcome);
    private final List<PublishResult> seen = new ArrayList<>();

    @Test
    void aResultThatIsNotPendingIsSettledAlready() {
      ACCEPTED.settled().thenAccept(seen::add);
      PublishResult.refused(Status.OVERLOADED).settled().thenAccept(seen::add);

      assertThat(seen)
          .extracting(PublishResult::status)
          .containsExactly(Status.ACCEPTED, Status.OVERLOADED);
    }

    @Test
    void aPendingResultSettlesLater() {
      pending.settled().thenAccept(seen::add);
      assertThat(seen).isEmpty();

      outcome.complete(ACCEPTED);

      assertThat(seen).containsExactly(ACCEPTED);
      assertThat(pending.status()).isEqualTo(Status.PENDING); // a result does not change
    }

    @Test
    void callersCannotCompleteIt() {
      pending.settled().toCompletableFuture().complete(PublishResult.refused(Status.CLOSED));
      ACCEPTED.settled().toCompletableFuture().obtrudeValue(null);
      outcome.complete(PublishResult.refused(Status.UNCONFIRMED));

      pending.settled().thenAccept(seen::add);
      ACCEPTED.settled().thenAccept(seen::add);

      assertThat(seen)
          .extracting(PublishResult::status)
          .containsExactly(Status.UNCONFIRMED, Status.ACCEPTED);
    }
  }

  @Nested
  class Warnings {
    /** The ways in which a message is sent. */
    enum Way {
      BROADCAST((room, link) -> room.hub.broadcast("N", PADDING)),
      TOPIC((room, link) -> room.hub.topic("flow:42").publish("N", PADDING)),
      USER((room, link) -> room.hub.user("ann").send("N", PADDING)),
      CLIENT((room, link) -> room.client(link).send("N", PADDING)),
      CLIENT_BY_ID((room, link) -> room.hub.sendToClient(link.clientId(), "N", PADDING));

      private final BiFunction<Room, MemoryLink, PublishResult> send;

      Way(BiFunction<Room, MemoryLink, PublishResult> send) {
        this.send = send;
      }
    }

    @ParameterizedTest
    @EnumSource
    void tellThatALogIsFullOnceAnEpisodeHoweverAMessageIsSent(Way way) {
      Room room = new Room(Hub.builder().maxLogBytes(64_000));
      MemoryLink link = room.connect(Handshake.builder().user("ann").topic("flow:42"));
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        while (room.hub.topic("flow:42").publish("N", PADDING).isAccepted()) {
          // the client is offered none of them
        }
        room.clock.addAndGet(Duration.ofSeconds(61).toNanos()); // another episode begins
        warnings.texts().clear();

        assertThat(way.send.apply(room, link).status()).isEqualTo(Status.OVERLOADED);
        room.clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(way.send.apply(room, link).status()).isEqualTo(Status.OVERLOADED);
        assertThat(warnings.texts()).hasSize(1);
        assertThat(warnings.texts().get(0))
            .startsWith("Messages are refused (OVERLOADED): messages that were not offered")
            .contains(" of 64000 bytes in ", " messages of ", " topics");

        room.clock.addAndGet(Duration.ofSeconds(61).toNanos()); // the episode has ended
        assertThat(way.send.apply(room, link).isRetryable()).isTrue();
        assertThat(warnings.texts()).hasSize(2);

        room.run(); // the client is offered all of them
        assertThat(way.send.apply(room, link).isAccepted()).isTrue();
        assertThat(warnings.texts()).hasSize(2);
      }
    }

    @ParameterizedTest
    @EnumSource
    void tellThatAMessageIsTooLargeOnceAnEpisodeHoweverItIsSent(Way way) {
      Room room = new Room(Hub.builder().maxPublishedBytes(500));
      MemoryLink link = room.connect(Handshake.builder().user("ann").topic("flow:42"));
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        assertThat(way.send.apply(room, link).status()).isEqualTo(Status.TOO_LARGE);
        assertThat(way.send.apply(room, link).status()).isEqualTo(Status.TOO_LARGE);

        assertThat(warnings.texts()).hasSize(1);
        assertThat(warnings.texts().get(0))
            .startsWith("Messages are refused (TOO_LARGE): one has 10")
            .contains(" A message may have 500 bytes, the log ");
      }
    }
  }
}
