package io.github.signalhub.interop.chaos;

import java.util.SplittableRandom;

/**
 * What happens to one link and when, counted in bytes: the same in every run with the same seed, as
 * far as the peers send the same bytes. Confined to the proxy's thread.
 */
final class LinkPlan {
  /** How a link ends, as far as the network is concerned. */
  enum End {
    /** Both sides see it end in good order, with half a frame perhaps. */
    FIN,
    /** Both sides see a reset, which also throws away what they have not read. */
    RESET,
    /** The client sees a reset; what the server writes is taken and lost. */
    CLIENT_ONLY,
    /** Nobody sees anything; what either side writes is taken and lost. */
    SWALLOWED,
    /** Nobody sees anything; what either side writes is not even taken. */
    STALLED;

    /** Returns whether a side is left that is not told. */
    boolean isSilent() {
      return this != FIN && this != RESET;
    }
  }

  /** Who ends in its first bytes ends in a head, a greeting or the first messages. */
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

    /** Says that bytes went this way; returns for how many milliseconds none may follow. */
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
   * @param seed of the whole run
   * @param number of the link, from 0
   * @param meanBytes how much the server sends over a link on average before it ends
   * @param silentAtFirst whether links may end unseen before the client was greeted, too
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
