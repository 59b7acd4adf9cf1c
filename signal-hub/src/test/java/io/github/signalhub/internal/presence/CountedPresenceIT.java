package io.github.signalhub.internal.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.OwnJvm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares the bytes that a presence counts with the heap that they take, after full collections.
 * Each kind has its own process, because other tests would change a shared heap.
 */
@Timeout(240)
class CountedPresenceIT {
  private static final double MOST = 1.25;

  @ParameterizedTest
  @EnumSource
  void whatIsCountedIsWhatIsTakenWithinAQuarter(Kind kind) throws Exception {
    List<String> lines = OwnJvm.run("512m", Measurement.class, kind.name());

    double counted = Long.parseLong(lines.get(0));
    double taken = Long.parseLong(lines.get(1));
    System.out.printf(
        "%s: %,.0f bytes counted, %,.0f taken, ratio %.2f%n",
        kind, counted, taken, taken / counted);
    assertThat(taken / counted).isBetween(1 / MOST, MOST);
  }

  /** The topics of the users. */
  enum Kind {
    /** Each user in a separate topic. */
    PRESENT(user -> "room:" + user),
    /** All users in one topic. */
    CROWD(user -> "room");

    private final IntFunction<String> topics;

    Kind(IntFunction<String> topics) {
      this.topics = topics;
    }
  }

  /** The process, which prints the counted bytes and the bytes of heap. */
  static final class Measurement {
    private static final int USERS = 40_000;

    private Measurement() {}

    public static void main(String[] args) {
      Kind kind = Kind.valueOf(args[0]);
      Presence first = fill(kind); // loads the classes
      long before = OwnJvm.usedBytes();
      Presence second = fill(kind);
      long taken = OwnJvm.usedBytes() - before;
      assertThat(first.bytes()).isEqualTo(second.bytes());
      System.out.println(second.bytes());
      System.out.println(taken);
    }

    private static Presence fill(Kind kind) {
      Presence presence =
          new Presence(
              new Presence.Limits(1, 1 << 28),
              topic -> Optional.of(Duration.ofHours(1)),
              System::nanoTime,
              Runnable::run,
              new Nobody());
      for (int user = 0; user < USERS; user++) {
        presence.joined(kind.topics.apply(user), "user" + user);
      }
      return presence;
    }
  }

  private static final class Nobody implements Presence.Audience {
    @Override
    public void present(String topic, String user) {}

    @Override
    public void absent(String topic, String user) {}

    @Override
    public void failed(String what, Throwable cause) {}
  }
}
