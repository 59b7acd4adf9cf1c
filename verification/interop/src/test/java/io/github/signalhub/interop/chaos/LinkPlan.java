package io.github.signalhub.interop.chaos;

import java.util.SplittableRandom;

/**
 * The plan of one link: its pauses and its end, counted in bytes. Runs with the same seed have the
 * same plans. Confined to the proxy's thread.
 */
final class LinkPlan {
  /** The end of a link, as the network sees it. */
  enum End {
    /** Both sides see a regular end, perhaps within a frame. */
    FIN,
    /** Both sides see a reset, which also discards unread bytes. */
    RESET,
    /** The client sees a reset. The proxy takes the server's bytes and drops them. */
    CLIENT_ONLY,
    /** Neither side sees the end. The proxy takes the bytes of both sides and drops them. */
    SWALLOWED,
    /** Neither side sees the end. The proxy takes no bytes. */
    STALLED;

    /** Returns whether a side does not see the end. */
    boolean isSilent() {
      return this != FIN && this != RESET;
    }
  }

  /** Links that end within so many bytes end in a head, a greeting or the first messages. */
  private static final int FIRST_BYTES = 700;

  private static final int MAX_STEP_BYTES = 32 << 10;
  private static final int MAX_TINY_STEP_BYTES = 10;
  private static final int MAX_PAUSE_MILLIS = 900;
  private static final int MAX_SHORT_PAUSE_MILLIS = 30;

  private final End end;
  private final Way up;
  private final Way down;

  /** One of the two directions of a link. */
  static final class Way {
    private final SplittableRandom random;
    private long bytesToEnd;
    private int stepBytes;

    private Way(SplittableRandom random, long bytesToEnd) {
      this.random = random;
      this.bytesToEnd = bytesToEnd;
    }

    /** Returns how many bytes may go this way at once; 0 if the link ends here. */
    int stepBytes() {
      if (stepBytes == 0) {
        int most = random.nextInt(8) == 0 ? MAX_TINY_STEP_BYTES : MAX_STEP_BYTES;
        stepBytes = (int) Math.min(1 + random.nextInt(most), bytesToEnd);
      }
      return stepBytes;
    }

    /** Counts bytes of this direction. Returns the milliseconds for which it must pause. */
    int pauseMillisAfter(int bytes) {
      bytesToEnd -= bytes;
      stepBytes -= bytes;
      if (stepBytes > 0 || random.nextInt(10) > 0) {
        return 0;
      }
      return random.nextInt(random.nextInt(10) == 0 ? MAX_PAUSE_MILLIS : MAX_SHORT_PAUSE_MILLIS);
    }
  }

  private LinkPlan(SplittableRandom random, long meanBytes, boolean silentAtFirst) {
    end = End.values()[random.nextInt(End.values().length)];
    int where = random.nextInt(20);
    long bytes =
        where < 4
            ? random.nextInt(FIRST_BYTES)
            : 1 + (long) (-Math.log(1 - random.nextDouble()) * meanBytes);
    boolean greets = end.isSilent() && !silentAtFirst;
    boolean upstream = where == 0 && !greets;
    up = new Way(random.split(), upstream ? bytes : Long.MAX_VALUE);
    down =
        new Way(random.split(), upstream ? Long.MAX_VALUE : greets ? FIRST_BYTES + bytes : bytes);
  }

  /**
   * Returns the plan of a link.
   *
   * @param seed the seed of the whole run
   * @param number the number of the link, from 0
   * @param meanBytes the mean number of the server's bytes on a link before the link ends
   * @param silentAtFirst whether links may end silently even before the client was greeted
   */
  static LinkPlan of(long seed, int number, long meanBytes, boolean silentAtFirst) {
    return new LinkPlan(new SplittableRandom(seed * 1_000_003 + number), meanBytes, silentAtFirst);
  }

  End end() {
    return end;
  }

  Way up() {
    return up;
  }

  Way down() {
    return down;
  }
}
