package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.spi.Handshake;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which sessions are remembered, and that they take no more than their bounds. */
@Timeout(60)
class RefSessionsTest {
  private final Room room = new Room();
  private final Client client = room.client(room.connect());
  private final Map<String, Client> clients = new HashMap<>();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // wraps around meanwhile
  private final RefSessions sessions = new RefSessions(clock::get, 1 << 20, false);

  @Test
  void sessionWithoutRefsIsForgottenAtItsEnd() {
    sessions.attach(client, "a").end();

    assertThat(sessions.size()).isZero();
  }

  @Test
  void sessionIsKeptWhileOneOfItsConnectionsIsThere() {
    RefSessions.Membership first = sessions.attach(client, "a");
    RefSessions.Membership second = sessions.attach(client, "a");
    process(first, 1);
    first.end();

    clock.addAndGet(TimeUnit.HOURS.toNanos(1));
    sessions.attach(client, "b").end();

    assertThat(second.begin(1).outcome()).contains(Outcome.DONE);
  }

  @Test
  void sessionsThatAreForgottenTakeNothing() {
    for (int i = 0; i < 100; i++) {
      RefSessions.Membership one = sessions.attach(client, "s" + i);
      process(one, 1);
      one.end();
    }
    assertThat(sessions.size()).isEqualTo(100);

    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos());
    sessions.attach(client, "t").end();

    assertThat(sessions.size()).isZero();
  }

  @Test
  void sessionThatCameBackIsAsYoungAsItsLastEnd() {
    end("a", 1);
    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos() - 1);
    end("b", 1);
    end("a", 2);

    clock.addAndGet(RefSessions.FORGET_AFTER.toNanos() - 1);

    assertThat(sessions.attach(client, "a").begin(1).first()).isFalse();
  }

  @Test
  void sessionsThatAreManyKeepFewerAnswersEachAndNeverLessThan64() {
    RefSessions crowded = new RefSessions(clock::get, 1_000, false);
    List<RefSessions.Membership> members = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      members.add(crowded.attach(client, "s" + i));
    }

    for (int ref = 0; ref < 500; ref++) {
      for (RefSessions.Membership member : members) {
        process(member, ref);
      }
    }

    for (RefSessions.Membership member : members) {
      long known = IntStream.range(0, 500).filter(ref -> !member.begin(ref).first()).count();
      assertThat(known).isBetween(64L, 128L);
      assertThat(member.begin(499).outcome()).isPresent();
    }
  }

  @Test
  void sessionsWithoutAConnectionMakeRoomForThoseThatHaveOne() {
    RefSessions crowded = new RefSessions(clock::get, 100, false);
    RefSessions.Membership gone = crowded.attach(client, "gone");
    for (int ref = 0; ref < 64; ref++) {
      process(gone, ref);
    }
    gone.end();
    RefSessions.Membership here = crowded.attach(client, "here");
    for (int ref = 0; ref < 64; ref++) {
      process(here, ref);
    }

    crowded.attach(client, "next").end();

    assertThat(here.begin(0).first()).isFalse();
    assertThat(crowded.attach(client, "gone").begin(63).first()).isTrue();
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
    RefSessions.Membership victim = small.attach(at(1), "victim");
    process(victim, 1);
    victim.end();
    for (int i = 0; i < 66; i++) {
      RefSessions.Membership attacker = small.attach(at(2), "s" + i);
      for (int ref = 0; ref < 1_024; ref++) {
        process(attacker, ref);
      }
    }

    assertThat(small.attach(at(1), "victim").begin(1).first()).isFalse();
  }

  @Test
  void answersOfManyPartiesAreTakenFromTheLargest() {
    RefSessions small = new RefSessions(clock::get, 8_192, false);
    RefSessions.Membership victim = small.attach(at(1), "victim");
    for (int ref = 0; ref < 200; ref++) {
      process(victim, ref);
    }
    for (int party = 2; party < 20; party++) {
      RefSessions.Membership attacker = small.attach(at(party), "s" + party);
      for (int ref = 0; ref < 1_024; ref++) {
        process(attacker, ref);
      }
    }

    assertThat(IntStream.range(0, 200)).noneMatch(ref -> victim.begin(ref).first());
  }

  @Test
  void sessionsThatHaveTheFewestAnswersAlreadyKeepThem() {
    RefSessions small = new RefSessions(clock::get, 8_192, false);
    List<RefSessions.Membership> members = new ArrayList<>();
    for (int party = 0; party < 200; party++) {
      RefSessions.Membership member = small.attach(at(party), "s");
      members.add(member);
      for (int ref = 0; ref < 64; ref++) {
        process(member, ref);
      }
    }

    for (RefSessions.Membership member : members) {
      assertThat(IntStream.range(0, 64)).noneMatch(ref -> member.begin(ref).first());
    }
  }

  @Test
  void sessionOfAClientWithoutAUserIsAnotherOneAtAnotherAddressIfBound() {
    RefSessions bound = new RefSessions(clock::get, 1 << 20, true);
    process(bound.attach(at(1), "a"), 1);
    process(bound.attach(of("u", 1), "a"), 1);

    assertThat(bound.attach(at(1), "a").begin(1).first()).isFalse();
    assertThat(bound.attach(at(2), "a").begin(1).first()).isTrue();
    assertThat(bound.attach(of("u", 2), "a").begin(1).first()).as("a user's").isFalse();
  }

  @Test
  void whatIsInProgressIsNeverForgotten() {
    RefSessions.Membership slow = sessions.attach(client, "a");
    RefSessions.Membership quick = sessions.attach(client, "a");
    slow.begin("slow");

    for (int ref = 0; ref < 5_000; ref++) {
      process(quick, ref);
    }

    assertThat(quick.begin("slow").first()).isFalse();
    assertThat(quick.begin("slow").outcome()).isEmpty();
    assertThat(slow.finish("slow", Outcome.INTERNAL)).isSameAs(client);
    assertThat(quick.begin("slow").outcome()).contains(Outcome.INTERNAL);
  }

  @Test
  void formerConnectionThatAsksAfterALaterOneDoesNotTakeItsAnswer() {
    Client laterClient = room.client(room.connect());
    List<RefSessions.Membership> places = new ArrayList<>();
    places.add(sessions.attach(client, "a"));
    places.add(sessions.attach(laterClient, "a"));
    places.get(1).begin(1);

    places.get(0).begin(1);

    assertThat(places.get(1).finish(1, Outcome.DONE)).isSameAs(laterClient);
  }

  private void end(String session, Object ref) {
    end(client, session, ref);
  }

  private void end(Client from, String session, Object ref) {
    RefSessions.Membership place = sessions.attach(from, session);
    process(place, ref);
    place.end();
  }

  private boolean knows(Client from, String session, Object ref) {
    RefSessions.Membership place = sessions.attach(from, session);
    return !place.begin(ref).first();
  }

  private Client at(int address) {
    return of(null, address);
  }

  private Client of(String user, int address) {
    return clients.computeIfAbsent(
        user + "@" + address,
        any -> {
          byte[] bytes = {127, 0, (byte) (address >> 8), (byte) address};
          Handshake.Builder handshake = Handshake.builder();
          try {
            handshake.remoteAddress(new InetSocketAddress(InetAddress.getByAddress(bytes), 1));
          } catch (UnknownHostException e) {
            throw new AssertionError(e);
          }
          return room.client(room.connect(user == null ? handshake : handshake.user(user)));
        });
  }

  private static void process(RefSessions.Membership place, Object ref) {
    if (place.begin(ref).first()) {
      place.finish(ref, Outcome.DONE);
    }
  }
}
