package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.logger.HubLogger;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The hub under real threads that run all operations at the same time. The models' schedules cannot
 * show this.
 *
 * <p>System properties: {@code stress.seconds} is the duration, 3 by default; {@code stress.seed}
 * chooses the operations of each thread.
 */
class ConcurrencyTest {
  private static final long SECONDS = Long.getLong("stress.seconds", 3);
  private static final long SEED = Long.getLong("stress.seed", 1);
  private static final int ROUNDS = 3;

  /** A strong reference keeps the logger's handler. */
  private static final Logger LOG = Logger.getLogger("io.github.signalhub");

  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Handler ear =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            complaints.add(record.getMessage() + ": " + record.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    HubLogger.tellRepeats(); // reports the repeated warnings of earlier tests now
    LOG.addHandler(ear);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> complaints.add(thread + " ended by " + thrown));
  }

  @AfterEach
  void listenNoMore() {
    LOG.removeHandler(ear);
    Thread.setDefaultUncaughtExceptionHandler(null);
  }

  @Test
  @Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void everythingAtOnceKeepsOrderLosesNothingRepeatsNothingAndLeavesNothingBehind()
      throws Exception {
    Duration each = Duration.ofSeconds(SECONDS).dividedBy(ROUNDS);
    try (StressRun run = new StressRun(SEED)) {
      run.mix(each);
      run.assertNothingIsLeftBehind();
      run.mix(each);
      run.assertNothingIsLeftBehind();
      run.closeAmid(each);
      if (System.getProperty("stress.seconds") != null) {
        System.out.println(run);
      }
    }
    assertThat(complaints).isEmpty();
  }
}
