package io.github.signalhub.internal.logger;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Warnings that repeat, because a peer can make many of them repeat as often as it likes. The first
 * one of a kind is written in full. Those that follow within a minute are counted. One line tells
 * their number at 9, 90, 900 and so on, and when something is logged after the minute.
 *
 * <p>Within a minute there are at most {@value #MOST_KINDS} kinds; all others are one kind. There
 * is no timer, because a thread of its own would keep a class loader alive.
 *
 * <p>Thread-safe.
 */
final class Repeats {
  static final int MOST_KINDS = 128;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Key OTHERS = new Key(null, "warnings of many kinds");

  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock(); // does not pin a virtual thread
  private final Map<Key, Kind> kinds = new HashMap<>();
  private volatile boolean empty = true;
  private long oldest; // when the first of them began

  Repeats(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Key(HubLogger logger, String kind) {
    @Override
    public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
      return other instanceof Key same && logger == same.logger && kind.equals(same.kind);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(logger) + kind.hashCode();
    }
  }

  private static final class Kind {
    private final HubLogger logger;
    private final Level level;
    private final String line;
    private final long start;
    private Instant since = now();
    private long seen; // without the first
    private long told; // of those

    private Kind(HubLogger logger, Level level, String line, long start) {
      this.logger = logger;
      this.level = level;
      this.line = line;
      this.start = start;
    }

    private Line tell(Throwable last) {
      String count = (seen - told) + " more like this since " + since + ": " + line;
      told = seen;
      since = now();
      return new Line(
          logger, level, last == null ? count : count + ": " + EscapedThrowable.text(last), null);
    }

    private static Instant now() {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
  }

  /** Something to write. */
  record Line(HubLogger logger, Level level, String text, Throwable cause) {
    private void write() {
      logger.write(level, text, cause);
    }
  }

  /**
   * Returns a text that tells the causes of warnings with equal text apart. It holds no text of a
   * peer.
   */
  static String origin(Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    for (StackTraceElement frame : trace) {
      String name = frame.getClassName();
      if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("sun.")) {
        return " " + cause.getClass().getName() + " " + frame;
      }
    }
    return " " + cause.getClass().getName();
  }

  /**
   * Counts a line, and returns the line to write now, or {@code null}.
   *
   * @param kind equal for those of a logger that repeat each other
   */
  Line count(HubLogger logger, Level level, String kind, String line, Throwable cause) {
    Key key = new Key(logger, kind);
    Line now;
    long nanos = nanoTime.getAsLong();
    lock.lock();
    try {
      Kind known = kinds.get(key);
      if (known == null && kinds.size() >= MOST_KINDS) {
        known = kinds.get(OTHERS);
      }
      if (known == null) {
        boolean full = kinds.size() >= MOST_KINDS;
        begin(full ? OTHERS : key, new Kind(logger, level, full ? OTHERS.kind : line, nanos));
        now = new Line(logger, level, line, cause);
      } else {
        known.seen++;
        now = isAllNines(known.seen) ? known.tell(cause) : null;
      }
    } finally {
      lock.unlock();
    }
    return now;
  }

  /** Forgets the kinds whose minute is over, and tells their numbers. */
  void tellExpired() {
    if (!empty) {
      tell(nanoTime.getAsLong());
    }
  }

  /** Tells the numbers of all kinds. */
  void tellAll() {
    List<Line> lines = new ArrayList<>();
    lock.lock();
    try {
      for (Kind kind : kinds.values()) {
        if (kind.seen > kind.told) {
          lines.add(kind.tell(null));
        }
      }
    } finally {
      lock.unlock();
    }
    lines.forEach(Line::write);
  }

  private void tell(long now) {
    if (!lock.tryLock()) {
      return; // the thread that has it is here for the same
    }
    List<Line> lines = new ArrayList<>();
    try {
      if (now - oldest < MINUTE_NANOS) {
        return;
      }
      kinds
          .values()
          .removeIf(
              kind -> {
                boolean over = now - kind.start >= MINUTE_NANOS;
                if (over && kind.seen > kind.told) {
                  lines.add(kind.tell(null));
                }
                return over;
              });
      empty = kinds.isEmpty();
      oldest = now;
      for (Kind kind : kinds.values()) {
        oldest = oldest - kind.start > 0 ? kind.start : oldest;
      }
    } finally {
      lock.unlock();
    }
    lines.forEach(Line::write);
  }

  private void begin(Key key, Kind kind) {
    if (kinds.isEmpty()) {
      oldest = kind.start;
    }
    kinds.put(key, kind);
    empty = false;
  }

  /** Returns whether a number is 9, 99, 999 and so on. */
  private static boolean isAllNines(long number) {
    long rest = number;
    while (rest % 10 == 9) {
      rest /= 10;
    }
    return rest == 0 && number > 0;
  }
}
