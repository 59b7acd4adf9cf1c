package io.github.signalhub.internal.refs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.spi.Handshake;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sessions that are remembered, and their bounds. */
@Timeout(60)
class RefSessionsTest {
  private static final int MAX_ANSWER_BYTES = 10_000;

  private final Client client = at(0);
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // wraps around in the test
  private final RefSessions sessions = newSessions(1 << 20, false);

  @Test
  void sessionWithoutRefsIsForgottenAtItsEnd() {
    attach(sessions, client, "a").end();

    assertThat(sessions.size()).isZero();
  }

  @Test
  void sessionIsKeptWhileOneOfItsConnectionsIsThere() {
    RefSessions.Membership first = attach(sessions, client, "a");
    RefSessions.Membership second = attach(sessions, client, "a");
    process(first, 1);
    first.end();

    clock.addAndGet(TimeUnit.HOURS.toNanos(1));
    attach(sessions, client, "b").end();

    assertThat(second.begin(1)).isFalse();
    assertThat(client.told).containsExactly("$ack 1", "$ack 1");
  }

  @Test
  void replyGoesToTheNewestConnectionThatAskedAndHasNotEnded() {
    Client abandoned = at(0);
    RefSessions.Membership living = attach(sessions, client, "a");
    assertThat(living.begin(1)).isTrue();
    RefSessions.Membership late = attach(sessions, abandoned, "a"); // its texts were under way
    assertThat(late.begin(1)).isFalse();
    late.end();

    living.finish(1, Reply.DONE);

    assertThat(client.told).containsExactly("$ack 1");
    assertThat(abandoned.told).isEmpty();
  }

  @Test
  void sessionsThatAreForgottenTakeNothing() {
    for (int i = 0; i < 100; i++) {
      RefSessions.Membership one = attach(sessions, client, "s" + i);
      process(one, 1);
      one.end();
    }
    assertThat(sessions.size()).isEqualTo(100);

    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos());
    attach(sessions, client, "t").end();

    assertThat(sessions.size()).isZero();
  }

  @Test
  void sessionThatCameBackIsAsYoungAsItsLastEnd() {
    end("a", 1);
    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos() - 1);
    end("b", 1);
    end("a", 2);

    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos() - 1);

    assertThat(attach(sessions, client, "a").begin(1)).isFalse();
  }

  @Test
  void sessionsThatAreManyKeepFewerAnswersEachAndNeverLessThan64() {
    RefSessions crowded = newSessions(1_000, false);
    List<RefSessions.Membership> members = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      members.add(attach(crowded, client, "s" + i));
    }

    for (int ref = 0; ref < 500; ref++) {
      for (RefSessions.Membership member : members) {
        process(member, ref);
      }
    }

    for (RefSessions.Membership member : members) {
      long known = IntStream.range(0, 500).filter(ref -> !member.begin(ref)).count();
      assertThat(known).isBetween(64L, 128L);
      assertThat(member.begin(499)).isFalse();
    }
  }

  @Test
  void sessionsWithoutAConnectionMakeRoomForThoseThatHaveOne() {
    RefSessions crowded = newSessions(100, false);
    RefSessions.Membership gone = attach(crowded, client, "gone");
    for (int ref = 0; ref < 64; ref++) {
      process(gone, ref);
    }
    gone.end();
    RefSessions.Membership here = attach(crowded, client, "here");
    for (int ref = 0; ref < 64; ref++) {
      process(here, ref);
    }

    attach(crowded, client, "next").end();

    assertThat(here.begin(0)).isFalse();
    assertThat(attach(crowded, client, "gone").begin(63)).isTrue();
  }

  @Test
  void atMost10000SessionsWithoutAConnectionAreKeptAndTheLargestPartyPays() {
    end(client, "victim", 1);
    for (int party = 1; party <= 5; party++) {
      Client other = at(party);
      for (int i = 0; i < 2_400; i++) {
        end(other, "s" + party + "-" + i, 1);
      }
    }

    assertThat(sessions.size()).isEqualTo(RefSessions.MAX_IDLE_SESSIONS);
    assertThat(knows(client, "victim", 1)).isTrue();
  }

  @Test
  void partyMayHaveAQuarterOfTheSessionsWithoutAConnection() {
    for (int i = 0; i < 10_005; i++) {
      end(at(1), "s" + i, 1);
    }

    assertThat(sessions.size()).isEqualTo(2_500);
  }

  @Test
  void sessionThatJustEndedIsKeptBeforeThoseThatEndLater() {
    end(at(1), "victim", 1);
    for (int i = 0; i < 10_005; i++) {
      end(at(1), "s" + i, 1);
    }

    assertThat(knows(at(1), "victim", 1)).isTrue();
  }

  @Test
  void sessionIsNotKeptLongerBeforeOthersThanPromised() {
    end(at(1), "old", 1);
    clock.addAndGet(RefSessions.PROMISED.toNanos());
    for (int i = 0; i < 2_500; i++) {
      end(at(1), "s" + i, 1);
    }

    assertThat(knows(at(1), "old", 1)).isFalse();
    assertThat(knows(at(1), "s2499", 1)).isTrue();
  }

  @Test
  void answersOfOnePartyTakeNothingFromOthers() {
    RefSessions small = newSessions(65_536, false); // of a heap of 256 MiB
    RefSessions.Membership victim = attach(small, at(1), "victim");
    process(victim, 1);
    victim.end();
    for (int i = 0; i < 66; i++) {
      RefSessions.Membership attacker = attach(small, at(2), "s" + i);
      for (int ref = 0; ref < 1_024; ref++) {
        process(attacker, ref);
      }
    }

    assertThat(attach(small, at(1), "victim").begin(1)).isFalse();
  }

  @Test
  void answersOfManyPartiesAreTakenFromTheLargest() {
    RefSessions small = newSessions(8_192, false);
    RefSessions.Membership victim = attach(small, at(1), "victim");
    for (int ref = 0; ref < 200; ref++) {
      process(victim, ref);
    }
    for (int party = 2; party < 20; party++) {
      RefSessions.Membership attacker = attach(small, at(party), "s" + party);
      for (int ref = 0; ref < 1_024; ref++) {
        process(attacker, ref);
      }
    }

    assertThat(IntStream.range(0, 200)).noneMatch(ref -> victim.begin(ref));
  }

  @Test
  void sessionsThatHaveTheFewestAnswersAlreadyKeepThem() {
    RefSessions small = newSessions(8_192, false);
    List<RefSessions.Membership> members = new ArrayList<>();
    for (int party = 0; party < 200; party++) {
      RefSessions.Membership member = attach(small, at(party), "s");
      members.add(member);
      for (int ref = 0; ref < 64; ref++) {
        process(member, ref);
      }
    }

    for (RefSessions.Membership member : members) {
      assertThat(IntStream.range(0, 64)).noneMatch(ref -> member.begin(ref));
    }
  }

  @Test
  void sessionOfAClientWithoutAUserIsAnotherOneAtAnotherAddressIfBound() {
    RefSessions bound = newSessions(1 << 20, true);
    process(attach(bound, at(1), "a"), 1);
    process(attach(bound, of("u", 1), "a"), 1);

    assertThat(attach(bound, at(1), "a").begin(1)).isFalse();
    assertThat(attach(bound, at(2), "a").begin(1)).isTrue();
    assertThat(attach(bound, of("u", 2), "a").begin(1)).as("a user's").isFalse();
  }

  @Test
  void whatIsInProgressIsNeverForgotten() {
    RefSessions.Membership slow = attach(sessions, client, "a");
    RefSessions.Membership quick = attach(sessions, client, "a");
    slow.begin("slow");

    for (int ref = 0; ref < 5_000; ref++) {
      process(quick, ref);
    }

    client.told.clear();
    assertThat(quick.begin("slow")).isFalse();
    assertThat(client.told).isEmpty();
    slow.finish("slow", Reply.INTERNAL);
    assertThat(client.told).containsExactly("$error slow");
    assertThat(quick.begin("slow")).isFalse();
    assertThat(client.told).containsExactly("$error slow", "$error slow");
  }

  @Test
  void formerConnectionThatAsksAfterALaterOneDoesNotTakeItsAnswer() {
    Client laterClient = at(0);
    RefSessions.Membership former = attach(sessions, client, "a");
    RefSessions.Membership later = attach(sessions, laterClient, "a");
    later.begin(1);

    former.begin(1);
    later.finish(1, Reply.DONE);

    assertThat(laterClient.told).containsExactly("$ack 1");
    assertThat(client.told).isEmpty();
  }

  @Test
  void answersThatWereSentAreKeptUpToALimitAndTheirRefsLonger() {
    RefSessions.Membership place = attach(sessions, client, "a");
    for (int ref = 0; ref < 6; ref++) {
      answer(place, ref, MAX_ANSWER_BYTES);
    }
    client.told.clear();

    assertThat(IntStream.range(0, 6)).noneMatch(ref -> place.begin(ref));

    assertThat(client.told)
        .containsExactly(
            "$error 0 forgotten", "$error 1 forgotten", "$ack 2", "$ack 3", "$ack 4", "$ack 5");
    assertThat(sessions.bytes()).isEqualTo(6 * RefSessions.REF_BYTES + 4 * MAX_ANSWER_BYTES);
  }

  @Test
  void answersThatWaitToBeSentAreKeptBeyondThatLimit() {
    Client slow = at(0);
    slow.reads = false;
    RefSessions.Membership place = attach(sessions, slow, "a");
    for (int ref = 0; ref < 50; ref++) {
      answer(place, ref, MAX_ANSWER_BYTES);
    }

    slow.readAll();

    assertThat(slow.told)
        .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(ref -> "$ack " + ref).toList());
  }

  @Test
  void answersThatWaitToBeSentAreKeptBeforeNewerOnesThatWere() {
    Client slow = at(0);
    slow.reads = false;
    answer(attach(sessions, slow, "a"), 0, MAX_ANSWER_BYTES);
    RefSessions.Membership other = attach(sessions, at(0), "a");
    for (int ref = 1; ref <= 6; ref++) {
      answer(other, ref, MAX_ANSWER_BYTES);
    }

    slow.readAll();

    assertThat(slow.told).containsExactly("$ack 0");
  }

  @Test
  void answersOfOnePartyTakeNothingFromThoseOfOthersAndAreForgottenFirst() {
    RefSessions small = newSessions(8_192, false); // 2 MiB; a quarter for a party
    RefSessions.Membership victim = attach(small, at(1), "victim");
    answer(victim, "kept", 2_000);
    List<RefSessions.Membership> attackers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Client silent = at(2);
      silent.reads = false;
      RefSessions.Membership attacker = attach(small, silent, "s" + i);
      attackers.add(attacker);
      for (int ref = 0; ref < 10; ref++) {
        answer(attacker, ref, MAX_ANSWER_BYTES);
      }
    }

    assertThat(small.bytes()).isLessThan(1 << 20);
    attackers.forEach(
        attacker -> assertThat(IntStream.range(0, 10)).noneMatch(ref -> attacker.begin(ref)));
    Client back = at(1);
    assertThat(attach(small, back, "victim").begin("kept")).isFalse();
    assertThat(back.told).containsExactly("$ack kept");
  }

  @Test
  void answersOfManyPartiesStayWithinTheLimitOfAll() {
    RefSessions small = newSessions(8_192, false);
    for (int party = 0; party < 20; party++) {
      Client silent = at(party);
      silent.reads = false;
      RefSessions.Membership place = attach(small, silent, "s" + party);
      for (int ref = 0; ref < 40; ref++) {
        answer(place, ref, MAX_ANSWER_BYTES);
      }
    }

    assertThat(small.bytes()).isLessThan(2_200_000);
  }

  @Test
  void answersThatAreForgottenBeforeTheyAreSentAreToldSo() {
    RefSessions small = newSessions(100, false); // a party has 256 KiB in any case
    Client slow = at(0);
    slow.reads = false;
    RefSessions.Membership place = attach(small, slow, "a");
    for (int ref = 0; ref < 40; ref++) {
      answer(place, ref, MAX_ANSWER_BYTES);
    }

    slow.readAll();

    assertThat(slow.told).hasSize(40).contains("$error 0 forgotten").endsWith("$ack 39");
  }

  @Test
  void answersOfAConnectionWithoutASessionAreKeptUntilTheyAreSent() {
    Client slow = at(0);
    slow.reads = false;
    RefSessions.Membership alone = sessions.attach(slow.handshake, slow);
    alone.send(1, Reply.answered(new byte[1_000]));
    alone.send(1, Reply.answered(new byte[2_000]));
    assertThat(sessions.bytes()).isEqualTo(2 * RefSessions.REF_BYTES + 3_000);

    slow.readAll();

    assertThat(slow.told).containsExactly("$ack 1", "$ack 1");
    assertThat(sessions.bytes()).isZero();
    alone.send(2, Reply.answered(new byte[1_000]));
    alone.end();
    assertThat(sessions.bytes()).isZero();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void replyThatComesAfterTheConnectionIsKeptForTheNextOne() {
    RefSessions.Membership first = attach(sessions, at(0), "a");
    first.begin(1);
    first.end();
    assertThat(sessions.size()).isEqualTo(1);
    first.finish(1, Reply.answered(new byte[100]));

    assertThat(attach(sessions, client, "a").begin(1)).isFalse();
    assertThat(client.told).containsExactly("$ack 1");
  }

  @Test
  void replyThatComesAfterItsSessionWasForgottenTakesNothing() {
    RefSessions.Membership first = attach(sessions, at(0), "a");
    first.begin(1);
    first.end();
    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos());
    attach(sessions, client, "b").end();
    assertThat(sessions.size()).isZero();

    first.finish(1, Reply.answered(new byte[100]));

    assertThat(sessions.bytes()).isZero();
    assertThat(attach(sessions, client, "a").begin(1)).isTrue();
  }

  @Test
  void sessionWithAMessageInProgressIsForgottenAfterOthersOnly() {
    RefSessions.Membership slow = attach(sessions, at(1), "slow");
    slow.begin(1);
    slow.end();
    clock.addAndGet(RefSessions.PROMISED.toNanos());
    for (int i = 0; i < 3_000; i++) {
      end(at(1), "s" + i, 1);
    }

    assertThat(sessions.size()).isEqualTo(2_500);
    assertThat(attach(sessions, at(1), "slow").begin(1)).isFalse();
  }

  private static void answer(RefSessions.Membership place, Object ref, int bytes) {
    assertThat(place.begin(ref)).isTrue();
    place.finish(ref, Reply.answered(new byte[bytes]));
  }

  private void end(String session, Object ref) {
    end(client, session, ref);
  }

  private void end(Client from, String session, Object ref) {
    RefSessions.Membership place = attach(sessions, from, session);
    process(place, ref);
    place.end();
  }

  private boolean knows(Client from, String session, Object ref) {
    RefSessions.Membership place = attach(sessions, from, session);
    return !place.begin(ref);
  }

  /** Returns sessions that keep so many replies without answers. */
  private RefSessions newSessions(int replies, boolean byAddress) {
    return new RefSessions(
        clock::get, (long) replies * RefSessions.REF_BYTES, MAX_ANSWER_BYTES, byAddress);
  }

  private static RefSessions.Membership attach(RefSessions to, Client client, String session) {
    return to.attach(session, client.handshake, client);
  }

  private static Client at(int address) {
    return of(null, address);
  }

  private static Client of(String user, int address) {
    byte[] bytes = {127, 0, (byte) (address >> 8), (byte) address};
    Handshake.Builder handshake = Handshake.builder();
    try {
      handshake.remoteAddress(new InetSocketAddress(InetAddress.getByAddress(bytes), 1));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
    return new Client((user == null ? handshake : handshake.user(user)).build());
  }

  private static void process(RefSessions.Membership place, Object ref) {
    if (place.begin(ref)) {
      place.finish(ref, Reply.DONE);
    }
  }

  /** Records each answer with its type and its ref. */
  private static final class Client implements RefSessions.Asker {
    private final Handshake handshake;
    private final List<String> told = new ArrayList<>();
    private final List<Supplier<ControlMessage>> waiting = new ArrayList<>();
    private boolean reads = true;

    private Client(Handshake handshake) {
      this.handshake = handshake;
    }

    @Override
    public void tell(int answerBytes, Supplier<ControlMessage> reply) {
      waiting.add(reply);
      if (reads) {
        readAll();
      }
    }

    private void readAll() {
      for (Supplier<ControlMessage> reply : waiting) {
        ControlMessage message = reply.get();
        boolean forgotten = "forgotten".equals(message.payload().get("code"));
        told.add(
            message.type().text()
                + " "
                + message.payload().get("ref")
                + (forgotten ? " forgotten" : ""));
      }
      waiting.clear();
    }
  }
}
