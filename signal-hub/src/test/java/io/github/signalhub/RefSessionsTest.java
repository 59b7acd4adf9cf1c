package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // wraps around meanwhile
  private final RefSessions sessions = new RefSessions(clock::get, 1 << 20);

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
    RefSessions crowded = new RefSessions(clock::get, 1_000);
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
      assertThat(known).isBetween(64L, 110L);
      assertThat(member.begin(499).outcome()).isPresent();
    }
  }

  @Test
  void sessionsWithoutAConnectionMakeRoomForThoseThatHaveOne() {
    RefSessions crowded = new RefSessions(clock::get, 100);
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
  void atMost10000SessionsWithoutAConnectionAreKeptAndTheNewestAreThose() {
    for (int i = 0; i < 10_001; i++) {
      end("s" + i, 1);
    }

    assertThat(sessions.size()).isEqualTo(10_000);
    assertThat(sessions.attach(client, "s1").begin(1).first()).isFalse();
    assertThat(sessions.attach(client, "s0").begin(1).first()).isTrue();
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
    RefSessions.Membership place = sessions.attach(client, session);
    process(place, ref);
    place.end();
  }

  private static void process(RefSessions.Membership place, Object ref) {
    if (place.begin(ref).first()) {
      place.finish(ref, Outcome.DONE);
    }
  }
}
