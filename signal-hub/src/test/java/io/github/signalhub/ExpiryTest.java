package io.github.signalhub;

import static io.github.signalhub.connection.DisconnectReason.CREDENTIAL_EXPIRED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The end of a client's credential. */
class ExpiryTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final DisconnectReason BANNED = new DisconnectReason(4003, "banned");

  private final MemoryTransport transport = new MemoryTransport();
  private Duration clockSetBy = Duration.ZERO;
  private Runnable whenClockIsRead = () -> {};
  private final Hub hub =
      Hub.builder()
          .callbackExecutor(Runnable::run)
          .nanoClock(transport.nanoClock())
          .clock(this::now)
          .build();
  private final List<Object> heard = new ArrayList<>();

  @BeforeEach
  void attach() throws IOException {
    hub.attach(transport);
    hub.onMessage((client, message) -> heard.add(message.payload()));
  }

  @AfterEach
  void close() {
    hub.close(Duration.ZERO);
  }

  @Test
  void closesTheClientWith4001AndNotEarlier() {
    MemoryLink link = connect(now().plus(MINUTE));

    transport.advance(MINUTE.minusMillis(1));
    assertThat(link.closeReason()).isEmpty();

    transport.advance(Duration.ofMillis(1));
    assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void concernsNoOtherClient() {
    List<MemoryLink> links =
        List.of(connect(now().plusSeconds(3)), connect(Instant.MAX), connect(now().plusSeconds(1)));

    transport.advance(Duration.ofSeconds(2));

    assertThat(links)
        .extracting(link -> link.closeReason().isPresent())
        .containsExactly(false, false, true);
  }

  @Test
  void thatHasPassedWhenTheClientConnectsClosesItBeforeItIsSentAnything() {
    MemoryLink link = connect(now());
    hub.broadcast("N", 1);

    transport.run();

    assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    assertThat(link.received()).isEmpty();
  }

  @Test
  void ofThousandsAtTheSameMomentClosesAll() {
    Instant end = now().plus(MINUTE);
    List<MemoryLink> links = IntStream.range(0, 3_000).mapToObj(i -> connect(end)).toList();

    transport.advance(MINUTE);

    assertThat(links).allMatch(link -> link.closeReason().equals(reason(CREDENTIAL_EXPIRED)));
  }

  @Nested
  class Renewed {
    @Test
    void letsTheClientGoOnUntilTheNewTime() {
      MemoryLink link = connect(now().plus(MINUTE));
      Client client = client(link);

      assertThat(client.expiresAt(now().plus(MINUTE.multipliedBy(2)))).isTrue();
      transport.advance(MINUTE);
      assertThat(link.closeReason()).isEmpty();

      transport.advance(MINUTE);
      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void mayBeSoonerThanBefore() {
      MemoryLink link = connect(now().plus(MINUTE));

      client(link).expiresAt(now().plusSeconds(1));
      transport.advance(Duration.ofSeconds(1));

      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void mayBeNever() {
      MemoryLink link = connect(now().plus(MINUTE));

      assertThat(client(link).expiresAt(Instant.MAX)).isTrue();
      transport.advance(Duration.ofDays(1));

      assertThat(link.closeReason()).isEmpty();
      assertThat(client(link).expiresAt()).isEmpty();
      assertThat(transport.nextTimerNanos()).isEmpty();
    }

    @Test
    void mayBeginWhereThereWasNoEnd() {
      MemoryLink link = connect(Instant.MAX);
      Instant end = now().plusSeconds(1);

      client(link).expiresAt(end);
      assertThat(client(link).expiresAt()).contains(end);
      transport.advance(Duration.ofSeconds(1));

      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void inThePastClosesNow() {
      MemoryLink link = connect(Instant.MAX);

      client(link).expiresAt(Instant.MIN);
      transport.run();

      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void countsAlsoIfItComesAfterTheTimeAndBeforeTheTimerRan() {
      MemoryLink link = connect(now().plus(MINUTE));
      transport.elapse(MINUTE);

      assertThat(client(link).expiresAt(now().plus(MINUTE))).isTrue();
      transport.run();

      assertThat(link.closeReason()).isEmpty();
    }

    @Test
    void countsAlsoIfItComesWhileTheTimerRuns() {
      MemoryLink link = connect(now().plus(MINUTE));
      Client renewed = client(link);
      transport.advance(MINUTE.minusMillis(1));

      whenClockIsRead = () -> renewed.expiresAt(now().plus(MINUTE));
      transport.advance(Duration.ofMillis(1));
      assertThat(link.closeReason()).isEmpty();

      transport.advance(MINUTE);
      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void doesNotCountForAClientThatIsClosedOrGone() {
      MemoryLink link = connect(now().plus(MINUTE));
      Client expired = client(link);
      transport.advance(MINUTE);
      Client closed = client(connect(now().plus(MINUTE)));
      closed.close();

      assertThat(expired.expiresAt(Instant.MAX)).isFalse();
      assertThat(expired.expiresAt()).isEmpty();
      assertThat(closed.expiresAt(Instant.MAX)).isFalse();
      assertThatNullPointerException().isThrownBy(() -> closed.expiresAt(null));
    }
  }

  @Nested
  class TheWallClock {
    @Test
    void thatIsSetForwardIsNoticedWithinTenSeconds() {
      MemoryLink link = connect(now().plus(Duration.ofHours(1)));
      transport.advance(MINUTE);

      clockSetBy = Duration.ofHours(1); // or the machine slept for an hour
      transport.advance(Duration.ofSeconds(10));

      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void thatIsSetBackCounts() {
      MemoryLink link = connect(now().plus(MINUTE));

      clockSetBy = Duration.ofHours(-1);
      transport.advance(MINUTE);
      assertThat(link.closeReason()).isEmpty();

      transport.advance(Duration.ofHours(1));
      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @ParameterizedTest
    @MethodSource("io.github.signalhub.ExpiryTest#farTimes")
    void mayBeFarFromTheEnd(Instant end) {
      MemoryLink link = connect(end);

      transport.advance(MINUTE);

      assertThat(link.closeReason()).isEmpty();
      assertThat(client(link).expiresAt()).contains(end);
    }
  }

  static List<Instant> farTimes() {
    return List.of(
        Instant.parse("2999-01-01T00:00:00Z"),
        Instant.ofEpochMilli(Long.MAX_VALUE),
        Instant.MAX.minusNanos(1));
  }

  @Nested
  class AClientThatDoesNotRead {
    private MemoryLink link;

    @BeforeEach
    void connectIt() {
      Handshake handshake = Handshake.builder().expiresAt(now().plus(MINUTE)).build();
      link = transport.connect(handshake, LinkOptions.DEFAULT.withReadableBytes(0));
    }

    @Test
    void isNotSentWhatWaited() {
      hub.broadcast("N", 1);
      transport.advance(MINUTE);

      link.resume();

      assertThat(link.received()).isEmpty();
      assertThat(link.closeReason()).contains(CREDENTIAL_EXPIRED);
    }

    @Test
    void isNotHeardAnyMore() {
      link.send("{\"type\":\"N\",\"payload\":1}");
      transport.advance(MINUTE);

      link.send("{\"type\":\"N\",\"payload\":2}");
      transport.run();

      assertThat(heard).containsExactly(1L);
    }

    @Test
    void isNotHeardAnyMoreEitherIfItIsBeingClosedAndIsToldTheFirstReason() {
      hub.broadcast("N", 1);
      client(link).close(BANNED);
      transport.advance(MINUTE);

      link.send("{\"type\":\"N\",\"payload\":2}");
      link.resume();
      transport.run();

      assertThat(heard).isEmpty();
      assertThat(link.closeReason()).contains(BANNED);
    }
  }

  @Test
  void thatWasReachedIsFollowedByTheMessagesThatWaitedWhenTheClientComesBack() {
    Handshake first =
        Handshake.builder().controlMessages(true).expiresAt(now().plus(MINUTE)).build();
    MemoryLink link = transport.connect(first, LinkOptions.DEFAULT);
    transport.run();
    String seen = hub.lastId();
    link.stall();
    hub.broadcast("N", 1);
    transport.advance(MINUTE);
    link.resume();

    MemoryLink back = transport.connect(Handshake.builder().after(seen).build());
    transport.run();

    assertThat(back.received()).hasSize(1).allMatch(text -> text.contains("\"payload\":1"));
  }

  @Test
  void ofAClientThatIsGoneLeavesNoTimer() {
    MemoryLink link = connect(now().plus(Duration.ofDays(365)));

    link.cut();
    transport.advance(Duration.ofSeconds(10));

    assertThat(transport.nextTimerNanos()).isEmpty();
  }

  @Test
  void doesNotHoldUpTheEndOfTheHub() {
    MemoryLink link = connect(now().plus(MINUTE));

    hub.close(Duration.ZERO);
    transport.run();
    transport.advance(MINUTE);

    assertThat(link.closeReason()).isPresent().isNotEqualTo(reason(CREDENTIAL_EXPIRED));
    assertThat(transport.nextTimerNanos()).isEmpty();
  }

  private Instant now() {
    Runnable first = whenClockIsRead;
    whenClockIsRead = () -> {};
    first.run();
    return transport.clock().instant().plus(clockSetBy);
  }

  private MemoryLink connect(Instant end) {
    return transport.connect(Handshake.builder().expiresAt(end).build());
  }

  private Client client(MemoryLink link) {
    return hub.client(link.clientId()).orElseThrow();
  }

  private static Optional<DisconnectReason> reason(DisconnectReason reason) {
    return Optional.of(reason);
  }
}
