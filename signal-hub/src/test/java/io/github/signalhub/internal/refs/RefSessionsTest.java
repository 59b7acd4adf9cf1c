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
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sessions that are remembered, and their bounds. */
@Timeout(60)
class RefSessionsTest {
  private final Client client = at(0);
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // wraps around in the test
  private final RefSessions sessions = new RefSessions(clock::get, 1 << 20, false);

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
    RefSessions crowded = new RefSessions(clock::get, 1_000, false);
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
    RefSessions crowded = new RefSessions(clock::get, 100, false);
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
    RefSessions small = new RefSessions(clock::get, 65_536, false); // of a heap of 256 MiB
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
    RefSessions small = new RefSessions(clock::get, 8_192, false);
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
    RefSessions small = new RefSessions(clock::get, 8_192, false);
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
    RefSessions bound = new RefSessions(clock::get, 1 << 20, true);
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
  private static final class Client implements Consumer<ControlMessage> {
    private final Handshake handshake;
    private final List<String> told = new ArrayList<>();

    private Client(Handshake handshake) {
      this.handshake = handshake;
    }

    @Override
    public void accept(ControlMessage message) {
      told.add(message.type().text() + " " + message.payload().get("ref"));
    }
  }
}
