package io.github.signalhub.spi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.connection.DisconnectReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
  private static final DisconnectReason FIRST = new DisconnectReason(4001, "first");
  private static final DisconnectReason SECOND = new DisconnectReason(4002, "second");
  private static final Handshake HANDSHAKE = Handshake.builder().build();

  private final VirtualLoop loop = new VirtualLoop();
  private final FakeHub hub = new FakeHub();
  private final FakePlatform platform = new FakePlatform();
  private final Link link =
      new Link(loop, WireForm.TEXT, LinkTimeouts.DEFAULT, platform, loop::now);

  @BeforeEach
  void tie() {
    platform.link = link;
  }

  @Nested
  class Registration {
    @Test
    void sendsWhatTheHubHoldsForTheClient() {
      hub.outbound.add("hello");

      link.register(hub, HANDSHAKE);

      assertThat(platform.written).isEqualTo("hello");
      assertThat(link.clientId()).isEqualTo("client");
      assertThat(link.isOpen()).isTrue();
    }

    @Test
    void mayCloseTheConnectionBeforeItReturns() {
      hub.outbound.add("hello");
      hub.onRegister = () -> link.close(FIRST);

      link.register(hub, HANDSHAKE);

      assertThat(hub.outbound.sealed).isTrue();
      assertThat(platform.written).isEqualTo("hello");
      assertThat(platform.goodbyes).containsExactly(FIRST);
    }

    @Test
    void isUndoneIfTheConnectionIsGoneBeforeItReturns() {
      hub.onRegister = link::cut;

      link.register(hub, HANDSHAKE);

      assertThat(platform.cuts).isEqualTo(1);
      assertThat(hub.ends).containsExactly(DisconnectReason.ABNORMAL);
    }

    @Test
    void thatTheHubRefusesLeavesAConnectionThatCanBeTold() {
      hub.onRegister =
          () -> {
            throw new IllegalStateException("closed");
          };

      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> link.register(hub, HANDSHAKE));
      link.refuse(DisconnectReason.GOING_AWAY);

      assertThat(platform.goodbyes).containsExactly(DisconnectReason.GOING_AWAY);
      link.closed(DisconnectReason.NORMAL);
      assertThat(hub.ends).isEmpty();
    }

    @Test
    void ofAConnectionThatIsGoneDoesNothing() {
      link.closed(DisconnectReason.ABNORMAL);

      link.register(hub, HANDSHAKE);

      assertThat(hub.registered).isZero();
    }
  }

  @Nested
  class TheEnd {
    @BeforeEach
    void register() {
      link.register(hub, HANDSHAKE);
    }

    @Test
    void byACloseSendsEverythingFirst() {
      platform.room = 3;
      hub.outbound.add("abcd");
      hub.outbound.add("efgh");

      link.close(FIRST);

      assertThat(platform.goodbyes).isEmpty();
      platform.write(100);
      assertThat(platform.written).isEqualTo("abcdefgh");
      assertThat(platform.goodbyes).containsExactly(FIRST);
      assertThat(hub.ends).isEmpty();
      link.closed(DisconnectReason.NORMAL);
      assertThat(hub.ends).containsExactly(FIRST);
    }

    @Test
    void byAnAbortFinishesAHalfWrittenFrameAndSendsNothingElse() {
      platform.room = 3;
      hub.outbound.add("abcd");
      hub.outbound.add("efgh");
      link.requestFlush();

      link.abort(FIRST);

      assertThat(platform.goodbyes).isEmpty();
      platform.write(100);
      assertThat(platform.written).isEqualTo("abcd");
      assertThat(platform.goodbyes).containsExactly(FIRST);
    }

    @Test
    void byAnAbortBetweenTwoFramesComesAtOnce() {
      platform.room = 4;
      hub.outbound.add("abcd");
      hub.outbound.add("efgh");
      link.requestFlush();

      link.abort(FIRST);

      assertThat(platform.written).isEqualTo("abcd");
      assertThat(platform.goodbyes).containsExactly(FIRST);
    }

    @Test
    void takesNothingOfTheNextFrameInTwoPortions() {
      platform.room = 1;
      hub.outbound.add("abcd");
      hub.outbound.add("efgh");
      link.requestFlush();
      link.abort(FIRST);
      ByteBuffer buffer = ByteBuffer.allocate(4);

      int taken = link.take(buffer.limit(2)) + link.take(buffer.limit(4));

      assertThat(taken).isEqualTo(3);
      link.accepted(3);
      assertThat(platform.goodbyes).containsExactly(FIRST);
    }

    @Test
    void ofWholeFramesComesAfterTheOneThatIsUnderWay() {
      hub.outbound.add("abcd");
      hub.outbound.add("efgh");
      assertThat(link.takeFrame().remaining()).isEqualTo(4);

      platform.room = 0;
      link.abort(FIRST);
      assertThat(platform.goodbyes).isEmpty();
      link.accepted(4);

      assertThat(platform.goodbyes).containsExactly(FIRST);
      assertThat(link.takeFrame()).isNull();
    }

    @Test
    void hasTheFirstReason() {
      platform.room = 0;
      hub.outbound.add("abcd");

      link.close(FIRST);
      link.close(SECOND);
      link.peerClosed(DisconnectReason.NORMAL);
      link.closed(DisconnectReason.ABNORMAL);
      link.closed(SECOND);

      assertThat(hub.ends).containsExactly(FIRST);
    }

    @Test
    void hasTheReasonOfAnAbortThatOvertakesAClose() {
      platform.room = 0;
      hub.outbound.add("abcd");

      link.close(FIRST);
      link.abort(SECOND);

      assertThat(platform.goodbyes).containsExactly(SECOND);
      link.closed(DisconnectReason.NORMAL);
      assertThat(hub.ends).containsExactly(SECOND);
    }

    @Test
    void isNotOvertakenOnceTheGoodbyeIsSaid() {
      link.close(FIRST);
      link.abort(SECOND);

      assertThat(platform.goodbyes).containsExactly(FIRST);
    }

    @Test
    void hasThePeersReasonIfThePeerBeganIt() {
      platform.room = 3;
      hub.outbound.add("abcd");
      hub.outbound.add("efgh");
      link.requestFlush();

      link.peerClosed(SECOND);
      link.close(FIRST);
      platform.write(100);
      link.closed(DisconnectReason.NORMAL);

      assertThat(platform.goodbyes).as("the platform answers by itself").isEmpty();
      assertThat(platform.written).isEqualTo("abcd");
      assertThat(hub.ends).containsExactly(SECOND);
    }

    @Test
    void tellsThePlatformThatItBegins() {
      link.close(FIRST);

      assertThat(platform.closings).isEqualTo(1);
    }

    @Test
    void fromAnotherThreadComesOnTheLoop() {
      loop.elsewhere(() -> link.close(FIRST));
      assertThat(platform.goodbyes).isEmpty();

      loop.run();

      assertThat(platform.goodbyes).containsExactly(FIRST);
    }

    @Test
    void leavesNothingToTake() {
      hub.outbound.add("abcd");
      link.closed(FIRST);

      assertThat(link.take(ByteBuffer.allocate(10))).isZero();
      assertThat(link.takeFrame()).isNull();
      assertThat(link.accepted(0)).isFalse();
      assertThat(link.unfinished()).isZero();
    }
  }

  @Nested
  class WhatThePeerSends {
    @BeforeEach
    void register() {
      link.register(hub, HANDSHAKE);
    }

    @Test
    void isTakenUntilAnAbort() {
      platform.room = 0;
      hub.outbound.add("abcd");

      link.text(new byte[1]);
      link.close(FIRST);
      link.text(new byte[2]);
      link.abort(SECOND);
      link.text(new byte[3]);
      link.binary(new byte[4]);

      assertThat(hub.lengths).containsExactly(1, 2);
    }

    @Test
    void isBinaryWhereNobodyTakesIt() {
      hub.takesBinary = false;

      link.binary(new byte[1]);

      assertThat(platform.goodbyes).containsExactly(DisconnectReason.UNSUPPORTED_DATA);
    }

    @Test
    void isNotWantedFromTheMomentThatAnotherThreadSaysSo() {
      loop.elsewhere(() -> link.setReadEnabled(false));

      assertThat(link.text(new byte[1])).as("the hub wants more").isFalse();
      assertThat(platform.reading).isEmpty();
      loop.run();
      assertThat(platform.reading).containsExactly(false);
    }

    @Test
    void isWantedAgainOnlyAfterTheCallThatSaysSo() {
      link.setReadEnabled(false);
      assertThat(platform.reading).containsExactly(false);

      link.setReadEnabled(true);
      assertThat(platform.reading).containsExactly(false);
      loop.run();
      assertThat(platform.reading).containsExactly(false, true);
    }
  }

  @Nested
  class Deadlines {
    @BeforeEach
    void register() {
      link.register(hub, HANDSHAKE);
    }

    @Test
    void silentPeerIsPingedAndCutIfItDoesNotAnswer() {
      pass(24);
      assertThat(platform.pings).isZero();
      pass(2);
      assertThat(platform.pings).isEqualTo(1);
      pass(18);
      assertThat(platform.cuts).isZero();
      pass(5);

      assertThat(platform.cuts).isEqualTo(1);
      assertThat(hub.ends).containsExactly(DisconnectReason.ABNORMAL);
    }

    @Test
    void anythingThatComesIsAnAnswer() {
      for (int i = 0; i < 100; i++) {
        pass(30);
        link.received();
      }

      assertThat(platform.cuts).isZero();
      assertThat(platform.pings).isGreaterThan(50);
    }

    @Test
    void peerThatSendsIsNotPinged() {
      for (int i = 0; i < 100; i++) {
        pass(20);
        link.received();
      }

      assertThat(platform.pings).isZero();
    }

    @Test
    void silenceDoesNotCountWhileNothingIsRead() {
      link.setReadEnabled(false);
      pass(600);
      assertThat(platform.pings).isZero();

      link.setReadEnabled(true);
      pass(60);

      assertThat(platform.pings).isEqualTo(1);
      assertThat(platform.cuts).isEqualTo(1);
    }

    @Test
    void peerThatStillTakesWhatWasSentBeforeThePingIsNotCut() {
      for (int i = 0; i < 30; i++) {
        platform.takenBytes += 1;
        pass(4);
      }

      assertThat(platform.pings).isPositive();
      assertThat(platform.cuts).isZero();
    }

    @Test
    void peerOfAPlatformThatCannotPingIsNotCut() {
      platform.canPing = false;

      pass(1_000);

      assertThat(platform.cuts).isZero();
    }

    @Test
    void peerThatTakesNothingIsCut() {
      platform.room = 2;
      hub.outbound.add("abcd");
      link.requestFlush();
      link.received();

      keepAlive(25);
      assertThat(platform.cuts).isZero();
      keepAlive(15);

      assertThat(platform.cuts).isEqualTo(1);
      assertThat(hub.ends).containsExactly(DisconnectReason.ABNORMAL);
    }

    @Test
    void peerThatTakesABitOnceInAWhileIsNotCut() {
      hub.outbound.add("x".repeat(1_000));
      platform.room = 2;
      link.requestFlush();
      for (int i = 0; i < 100; i++) {
        keepAlive(20);
        platform.write(1);
      }

      assertThat(platform.cuts).isZero();
    }

    @Test
    void wholeFrameThatIsNeverAcceptedEndsTheConnection() {
      hub.outbound.add("abcd");
      link.takeFrame();

      keepAlive(40);

      assertThat(platform.cuts).isEqualTo(1);
    }

    @Test
    void bytesThatAreTakenOutsideOfAFlushAndNeverAcceptedEndTheConnection() {
      hub.outbound.add("abcd");
      link.take(ByteBuffer.allocate(4));

      keepAlive(40);

      assertThat(platform.cuts).isEqualTo(1);
    }

    @Test
    void bytesThatAPlatformTakesWhenItIsAskedToWriteAndNeverReportsEndTheConnection() {
      platform.reports = false;
      hub.outbound.add("abcd");
      link.requestFlush();

      keepAlive(25);
      assertThat(platform.cuts).isZero();
      keepAlive(15);

      assertThat(platform.cuts).isEqualTo(1);
    }

    @Test
    void writesThatAreAcceptedStartNoTimer() {
      int timers = loop.pending();

      for (int i = 0; i < 100; i++) {
        hub.outbound.add("abcd");
        link.requestFlush();
      }

      assertThat(platform.written).hasSize(400);
      assertThat(loop.pending()).isEqualTo(timers);
    }

    @Test
    void goodbyeThatCannotBeSentEndsTheConnection() {
      platform.saysGoodbye = false;
      link.close(FIRST);

      pass(25);
      assertThat(platform.cuts).isZero();
      pass(15);

      assertThat(platform.cuts).isEqualTo(1);
      assertThat(hub.ends).containsExactly(FIRST);
    }

    @Test
    void peerThatDoesNotAnswerTheGoodbyeIsCut() {
      link.close(FIRST);
      pass(4);
      assertThat(platform.cuts).isZero();
      pass(2);

      assertThat(platform.cuts).isEqualTo(1);
      assertThat(hub.ends).containsExactly(FIRST);
    }

    @Test
    void endedConnectionHasNone() {
      link.close(FIRST);
      link.closed(FIRST);

      pass(1_000);

      assertThat(platform.cuts).isZero();
      assertThat(platform.pings).isZero();
    }

    @Test
    void ofZeroNeverCome() {
      FakePlatform patient = new FakePlatform();
      patient.link = new Link(loop, WireForm.TEXT, LinkTimeouts.NONE, patient, loop::now);
      patient.saysGoodbye = false;
      patient.link.register(new FakeHub(), HANDSHAKE);
      pass(100_000);
      patient.link.close(FIRST);
      pass(100_000);
      patient.link.closeSent();
      pass(100_000);

      assertThat(patient.pings).isZero();
      assertThat(patient.cuts).isZero();
    }

    private void keepAlive(int seconds) {
      for (int i = 0; i < seconds; i++) {
        pass(1);
        link.received();
      }
    }

    private void pass(int seconds) {
      loop.pass(TimeUnit.SECONDS.toNanos(seconds));
    }
  }

  @Nested
  class APlatformThatThrows {
    @ParameterizedTest
    @ValueSource(strings = {"flush", "sendClose", "setReadEnabled", "ping", "closing"})
    void losesItsConnectionAndNothingElse(String method) {
      link.register(hub, HANDSHAKE);
      platform.throwsIn = method;

      switch (method) {
        case "flush" -> link.requestFlush();
        case "setReadEnabled" -> link.setReadEnabled(false);
        case "ping" -> loop.pass(TimeUnit.SECONDS.toNanos(26));
        default -> link.close(DisconnectReason.ABNORMAL);
      }

      assertThat(platform.cuts).isEqualTo(1);
      assertThat(hub.ends).containsExactly(DisconnectReason.ABNORMAL);
    }

    @Test
    void alsoWhenItIsCut() {
      link.register(hub, HANDSHAKE);
      platform.throwsIn = "cut";

      link.cut();

      assertThat(hub.ends).containsExactly(DisconnectReason.ABNORMAL);
    }
  }

  @Nested
  class Timeouts {
    @Test
    void areZeroToADay() {
      Duration second = Duration.ofSeconds(1);

      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> LinkTimeouts.NONE.withWrite(second.negated()))
          .withMessage("expected write of 0 to 1 d, was PT-1S");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> LinkTimeouts.NONE.withClose(Duration.ofHours(25)))
          .withMessage("expected close of 0 to 1 d, was PT25H");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> LinkTimeouts.NONE.withPing(second, Duration.ZERO))
          .withMessage("expected pong of more than 0 with a ping of PT1S, was PT0S");
    }
  }

  /** A platform whose socket takes as many bytes as a test says. */
  private static final class FakePlatform implements PlatformConnection {
    private final List<DisconnectReason> goodbyes = new ArrayList<>();
    private final List<Boolean> reading = new ArrayList<>();
    private Link link;
    private String written = "";
    private int room = Integer.MAX_VALUE;
    private long takenBytes;
    private boolean saysGoodbye = true;
    private boolean reports = true;
    private boolean canPing = true;
    private int pings;
    private int cuts;
    private int closings;
    private String throwsIn = "";

    void write(int bytes) {
      room = bytes;
      flush();
    }

    @Override
    public void flush() {
      fail("flush");
      ByteBuffer buffer = ByteBuffer.allocate(16);
      boolean more = true;
      while (more && link.take(buffer.clear()) > 0) {
        int count = Math.min(room, buffer.flip().remaining());
        written += new String(buffer.array(), 0, count, ISO_8859_1);
        room -= count;
        takenBytes += count;
        more = reports && link.accepted(count);
      }
    }

    @Override
    public void setReadEnabled(boolean enabled) {
      fail("setReadEnabled");
      reading.add(enabled);
    }

    @Override
    public void sendClose(DisconnectReason reason) {
      fail("sendClose");
      goodbyes.add(reason);
      if (saysGoodbye) {
        link.closeSent();
      }
    }

    @Override
    public void closing() {
      fail("closing");
      closings++;
    }

    @Override
    public boolean ping() {
      fail("ping");
      pings += canPing ? 1 : 0;
      return canPing;
    }

    @Override
    public long takenBytes(long accepted) {
      return takenBytes;
    }

    @Override
    public void cut() {
      cuts++;
      fail("cut");
    }

    private void fail(String method) {
      if (throwsIn.equals(method)) {
        throw new IllegalStateException("on purpose");
      }
    }
  }

  /** A fake hub with one client. */
  private static final class FakeHub implements Registrar, Inbound {
    private final FakeOutbound outbound = new FakeOutbound();
    private final List<DisconnectReason> ends = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private Runnable onRegister = () -> {};
    private boolean takesBinary = true;
    private int registered;

    @Override
    public Inbound register(Connection connection, Handshake handshake) {
      registered++;
      onRegister.run();
      return this;
    }

    @Override
    public void unregister(Inbound inbound, DisconnectReason reason) {
      ends.add(reason);
    }

    @Override
    public String clientId() {
      return "client";
    }

    @Override
    public Outbound outbound() {
      return outbound;
    }

    @Override
    public void text(byte[] utf8) {
      lengths.add(utf8.length);
    }

    @Override
    public boolean binary(byte[] bytes) {
      lengths.add(bytes.length);
      return takesBinary;
    }
  }

  /** The waiting frames. */
  private static final class FakeOutbound implements Outbound {
    private final List<ByteBuffer> frames = new ArrayList<>();
    private int taken;
    private boolean isWhole;
    private boolean sealed;

    void add(String frame) {
      frames.add(ByteBuffer.wrap(frame.getBytes(ISO_8859_1)));
    }

    @Override
    public int take(ByteBuffer into) {
      int start = into.position();
      int skip = taken;
      for (ByteBuffer frame : frames) {
        int skipped = Math.min(skip, frame.remaining());
        skip -= skipped;
        int count = Math.min(frame.remaining() - skipped, into.remaining());
        into.put(frame.slice(frame.position() + skipped, count));
      }
      taken += into.position() - start;
      return into.position() - start;
    }

    @Override
    public ByteBuffer takeFrame() {
      if (frames.isEmpty()) {
        return null;
      }
      isWhole = true;
      taken = frames.get(0).remaining();
      return frames.get(0).asReadOnlyBuffer();
    }

    @Override
    public boolean accepted(int bytes) {
      assertThat(bytes).isBetween(0, taken);
      taken = 0;
      isWhole = false;
      for (int left = bytes; left > 0; ) {
        ByteBuffer frame = frames.get(0);
        int count = Math.min(left, frame.remaining());
        frame.position(frame.position() + count);
        left -= count;
        if (!frame.hasRemaining()) {
          frames.remove(0);
        }
      }
      return !frames.isEmpty();
    }

    @Override
    public int unfinished() {
      boolean begun = !frames.isEmpty() && (isWhole || frames.get(0).position() > 0);
      return begun ? frames.get(0).remaining() : 0;
    }

    @Override
    public void seal() {
      sealed = true;
    }

    @Override
    public boolean isEmpty() {
      return frames.isEmpty();
    }
  }
}
