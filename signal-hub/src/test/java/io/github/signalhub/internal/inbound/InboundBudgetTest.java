package io.github.signalhub.internal.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.inbound.InboundBudget.Owner;
import io.github.signalhub.internal.inbound.InboundBudget.Room;
import io.github.signalhub.internal.refs.Party;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InboundBudgetTest {
  private final InboundBudget budget = new InboundBudget(2_000_000);

  @Nested
  class Arrivals {
    @Test
    void beyondTheBudgetEvictTheLargestAndNotTheNewcomer() {
      Holder large = new Holder("a");
      Holder small = new Holder("b");
      large.arrive(700_000);
      small.arrive(200_000);

      assertThat(new Holder("c").arrive(150_000)).isTrue();

      assertThat(large.evicted).isTrue();
      assertThat(small.evicted).isFalse();
      assertThat(budget.used()).isEqualTo(350_000);
    }

    @Test
    void ofOnePartyCountTogether() {
      List<Holder> many = new ArrayList<>();
      for (int i = 0; i < 90; i++) {
        many.add(new Holder("attacker"));
        many.get(i).arrive(10_000);
      }
      Holder honest = new Holder("honest");

      assertThat(honest.arrive(150_000)).isTrue();

      assertThat(many.stream().filter(holder -> holder.evicted)).hasSize(5);
    }

    @Test
    void ofTheLargestItselfEvictIt() {
      Holder large = new Holder("a");
      large.arrive(700_000);

      assertThat(large.arrive(400_000)).isFalse();

      assertThat(large.evicted).isTrue();
    }

    @Test
    void neverGrowBeyondTheBudgetWhateverListenersHold() {
      Holder busy = new Holder("a");
      busy.arrive(1_000);
      assertThat(busy.parse(1_000, 900_000)).isEqualTo(Room.THERE);

      for (int i = 0; i < 1_000; i++) {
        Holder next = new Holder("p" + i);
        next.arrive(100_000);
        assertThat(budget.used()).isLessThanOrEqualTo(2_000_000);
      }
    }
  }

  @Nested
  class Parsing {
    @Test
    void takesRoomUntilItIsDone() {
      Holder one = new Holder("a");
      one.arrive(1_000);

      assertThat(one.parse(1_000, 300_000)).isEqualTo(Room.THERE);
      assertThat(budget.used()).isEqualTo(301_000);

      one.share.done(1_000, 300_000);
      assertThat(budget.used()).isZero();
    }

    @Test
    void thatNeverFitsIsRefused() {
      Holder one = new Holder("a");
      one.arrive(1_000);

      assertThat(one.parse(1_000, 1_000_000)).isEqualTo(Room.NEVER);
    }

    @Test
    void waitsForRoomAndIsToldOfIt() {
      Holder first = new Holder("a");
      Holder second = new Holder("a");
      first.arrive(1_000);
      second.arrive(1_000);
      first.parse(1_000, 450_000);

      assertThat(second.parse(1_000, 450_000)).isEqualTo(Room.LATER);
      first.share.done(1_000, 450_000);

      assertThat(second.told).isEqualTo(1);
      assertThat(second.parse(1_000, 450_000)).isEqualTo(Room.THERE);
      assertThat(budget.used()).isEqualTo(451_000);
    }

    @Test
    void ofSmallMessagesPassesLargeOnesThatWait() {
      for (int i = 0; i < 20; i++) {
        Holder large = new Holder("attacker");
        large.arrive(1_000);
        large.parse(1_000, 200_000);
      }
      Holder honest = new Holder("honest");
      honest.arrive(500);

      assertThat(honest.parse(500, 5_000)).isEqualTo(Room.THERE);
    }

    @Test
    void isNeverInTheWayOfItself() {
      List<Holder> many = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        many.add(new Holder("p" + i));
        many.get(i).arrive(100_000);
      }

      assertThat(many.get(0).parse(100_000, 900_000)).isEqualTo(Room.THERE);
      for (Holder next : many.subList(1, 10)) {
        assertThat(next.parse(100_000, 900_000)).isEqualTo(Room.LATER);
      }
      for (int i = 0; i < 9; i++) {
        many.get(i).share.done(100_000, 900_000);
        assertThat(many.get(i + 1).told).isEqualTo(1);
        assertThat(many.get(i + 1).parse(100_000, 900_000)).isEqualTo(Room.THERE);
      }
    }

    @Test
    void thatWaitsIsGivenUp() {
      Holder first = new Holder("a");
      Holder second = new Holder("a");
      Holder third = new Holder("a");
      for (Holder holder : List.of(first, second, third)) {
        holder.arrive(1_000);
        holder.parse(1_000, 450_000);
      }
      first.share.done(1_000, 450_000);
      assertThat(second.told).isEqualTo(1);

      second.share.withdraw();
      second.share.dropped(1_000);

      assertThat(third.told).isEqualTo(1);
      third.parse(1_000, 450_000);
      third.share.done(1_000, 450_000);
      assertThat(budget.used()).isZero();
    }
  }

  @Nested
  class Pending {
    @Test
    void takeTheirRoomAndALittleMoreUntilTheyAreAnswered() {
      Holder one = new Holder("a");
      one.arrive(1_000);
      one.parse(1_000, 300_000);

      one.share.pending(301_000, 500);
      assertThat(budget.used()).isEqualTo(301_500);
      one.share.pending(-301_000, -500);
      one.share.done(1_000, 300_000);

      assertThat(budget.used()).isZero();
    }

    @Test
    void leaveRoomForOthersThoughAllAreSmall() {
      List<Holder> all = new ArrayList<>();
      Room room = Room.THERE;
      while (room == Room.THERE) {
        Holder small = new Holder("attacker");
        all.add(small);
        small.arrive(100);
        room = small.parse(100, 500);
        if (room == Room.THERE) {
          small.share.pending(600, 256);
        }
      }
      assertThat(budget.used()).isBetween(490_000L, 510_000L);

      Holder honest = new Holder("honest");
      honest.arrive(100_000);
      assertThat(honest.parse(100_000, 200_000)).isEqualTo(Room.THERE);

      all.get(0).share.pending(-600, -256);
      all.get(0).share.done(100, 500);
      honest.share.done(100_000, 200_000);
      assertThat(all.get(all.size() - 1).told).isEqualTo(1);
    }
  }

  private final class Holder implements Owner {
    private final InboundBudget.Share share;
    private long waiting;
    private boolean evicted;
    private int told;

    private Holder(String user) {
      share = budget.share(new Party(user, null), this);
    }

    private boolean arrive(long bytes) {
      boolean taken = share.arrived(bytes);
      if (taken) {
        waiting += bytes;
      } else {
        share.dropped(bytes);
      }
      return taken;
    }

    private Room parse(long text, long bytes) {
      Room room = share.parse(text, bytes);
      waiting -= room == Room.THERE ? text : 0;
      return room;
    }

    @Override
    public void evict() {
      evicted = true;
      share.withdraw();
      share.dropped(waiting);
      waiting = 0;
    }

    @Override
    public void roomIsThere() {
      told++;
    }
  }
}
