package io.github.signalhub.model;

/**
 * Ends the process with a report when one play takes {@value #SECONDS} s. An endless loop cannot be
 * interrupted, and the duration of all plays depends on the machine. Tests do not use it.
 */
public final class PlayWatch {
  private static final int SECONDS = 60;

  private static volatile Play playing = new Play("");

  private record Play(String name) {}

  private PlayWatch() {}

  /** Starts to watch. */
  public static void start() {
    Thread thread = new Thread(PlayWatch::watch, "play-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Records the start of a play. */
  static void next(String name) {
    playing = new Play(name);
  }

  private static void watch() {
    Play seen = null;
    int seconds = 0;
    while (seconds < SECONDS) { // counted, not timed, because the whole machine may pause
      Play now = playing;
      seconds = now == seen ? seconds + 1 : 0;
      seen = now;
      try {
        Thread.sleep(1_000);
      } catch (InterruptedException e) {
        return;
      }
    }
    System.out.println(seen.name() + ": does not end");
    System.out.flush();
    Runtime.getRuntime().halt(1);
  }
}
