package io.github.signalhub.internal.logger;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HubLoggerTest {
  private static final String HOSTILE = "a\r\n\u001b[2J{0} {} %s ${x} \u202e\u2028";
  private static final String ESCAPED = "a\\u000d\\u000a\\u001b[2J{0} {} %s ${x} \\u202e\\u2028";

  private final Recorder recorder = new Recorder();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // wraps around in the test
  private final HubLogger log = new HubLogger(recorder, new Repeats(nanos::get));

  @Nested
  class Values {
    @Test
    void areEscapedAndFilledInOnce() {
      log.log(Level.INFO, "said {0}, then {1}", HOSTILE, 7);

      assertThat(recorder.lines).containsExactly("INFO said " + ESCAPED + ", then 7");
    }

    @Test
    void areNotParametersOfTheLogger() {
      log.log(Level.INFO, "said {0}", HOSTILE);
      log.log(Level.WARNING, new IllegalStateException(), "said {0}", HOSTILE);

      assertThat(recorder.parameters).isZero();
    }
  }

  @Nested
  class JavaUtilLogging {
    @Test
    void namesTheClassThatLogsAsTheSource() {
      List<String> sources = new ArrayList<>();
      Handler ear =
          new Handler() {
            @Override
            public void publish(LogRecord record) {
              sources.add(record.getSourceClassName());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          };
      java.util.logging.Logger target = java.util.logging.Logger.getLogger("source");
      target.setUseParentHandlers(false);
      target.addHandler(ear);
      HubLogger logged = new HubLogger(System.getLogger("source"), new Repeats(nanos::get));

      logged.log(Level.INFO, "bare");
      logged.log(Level.INFO, "with {0}", "a value");
      logged.log(Level.WARNING, "counted", new IllegalStateException());
      logged.warnCounted("counted, of {0}", "a value");

      assertThat(sources).hasSize(4).containsOnly(getClass().getName());
    }
  }

  @Nested
  class Causes {
    @Test
    void thatAreHarmlessAreHandedOnAsTheyAre() {
      Exception harmless = new IllegalStateException("C:\\temp", new Exception("b\u00e4d {0}"));

      log.log(Level.DEBUG, "failed", harmless);

      assertThat(recorder.causes).containsExactly(harmless);
    }

    @Test
    void thatQuoteHostileTextAreEscapedWithAllThatBelongsToThem() {
      Exception hostile = new IllegalStateException("outer", new NumberFormatException(HOSTILE));
      hostile.addSuppressed(new IllegalArgumentException(HOSTILE));

      log.log(Level.DEBUG, "failed", hostile);

      Throwable told = recorder.causes.get(0);
      assertThat(told).hasToString("java.lang.IllegalStateException: outer");
      assertThat(told.getCause()).hasToString("java.lang.NumberFormatException: " + ESCAPED);
      assertThat(told.getSuppressed()[0])
          .hasToString("java.lang.IllegalArgumentException: " + ESCAPED);
      assertThat(told.getStackTrace()).isEqualTo(hostile.getStackTrace());
    }

    @Test
    void thatAreVeryLongAreCut() {
      log.log(Level.DEBUG, "failed", new IllegalStateException("x".repeat(1 << 20)));

      assertThat(recorder.causes.get(0).toString()).hasSize(1001).endsWith("\u2026");
    }

    @Test
    void thatCauseEachOtherEnd() {
      Exception first = new Exception(HOSTILE);
      first.initCause(new Exception(HOSTILE, first));

      log.log(Level.DEBUG, "failed", first);

      assertThat(recorder.causes.get(0).getCause().getCause()).isNull();
    }

    @Test
    void whoseTextFailsAreToldByTheirClass() {
      log.log(
          Level.DEBUG,
          "failed",
          new Exception() {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
              throw new IllegalStateException();
            }
          });

      assertThat(recorder.lines).hasSize(1);
    }
  }

  @Nested
  class Repetitions {
    @Test
    void areCountedAfterTheFirst() {
      for (int i = 0; i < 1_000; i++) {
        log.log(Level.WARNING, new NumberFormatException("no. " + i), "A hook failed");
      }

      assertThat(recorder.lines).hasSize(4);
      assertThat(recorder.lines.get(0)).isEqualTo("WARNING A hook failed");
      assertThat(recorder.lines.get(1))
          .startsWith("WARNING 9 more like this since ")
          .endsWith(": A hook failed: java.lang.NumberFormatException: no. 9");
      assertThat(recorder.lines.get(2)).startsWith("WARNING 90 more like this since ");
      assertThat(recorder.lines.get(3)).startsWith("WARNING 900 more like this since ");
      assertThat(recorder.causes).hasSize(1);
    }

    @Test
    void areToldWhenSomethingIsLoggedAfterTheMinute() {
      warn("A hook failed", 4);
      nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));

      log.log(Level.DEBUG, "something else");

      assertThat(recorder.lines).hasSize(3);
      assertThat(recorder.lines.get(1)).startsWith("WARNING 3 more like this since ");
    }

    @Test
    void beginAnewAfterTheMinute() {
      warn("A hook failed", 1);
      nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
      warn("A hook failed", 1);

      assertThat(recorder.lines).containsExactly("WARNING A hook failed", "WARNING A hook failed");
    }

    @Test
    void ofAnotherPlaceOrTextAreOthers() {
      warn("A hook failed", 2);
      warn("A listener failed", 2);
      log.log(Level.WARNING, "A hook failed", new IllegalStateException());

      assertThat(recorder.causes).hasSize(3);
    }

    @Test
    void areToldAtTheEnd() {
      Repeats repeats = new Repeats(nanos::get);
      HubLogger other = new HubLogger(recorder, repeats);
      for (int i = 0; i < 3; i++) {
        other.warnCounted("The handler of {0} failed", "/a" + i);
      }

      repeats.tellAll();
      repeats.tellAll();

      assertThat(recorder.lines).hasSize(2);
      assertThat(recorder.lines.get(0)).isEqualTo("WARNING The handler of /a0 failed");
      assertThat(recorder.lines.get(1)).startsWith("WARNING 2 more like this since ");
    }

    @Test
    void ofTooManyKindsAreOneKind() {
      for (int i = 0; i < 1_000; i++) {
        log.warnCounted("kind " + i);
      }

      assertThat(recorder.lines).hasSizeLessThan(Repeats.MOST_KINDS + 5);
      assertThat(recorder.lines.get(recorder.lines.size() - 1)).contains("warnings of many kinds");
    }

    private void warn(String text, int times) {
      for (int i = 0; i < times; i++) {
        log.log(Level.WARNING, text, new NumberFormatException("n"));
      }
    }
  }

  @Test
  void whatALoggerThrowsEndsNothing() {
    recorder.broken = true;

    log.log(Level.INFO, "said {0}", "x");
    log.log(Level.WARNING, "failed", new IllegalStateException());
  }

  private static final class Recorder implements Logger {
    private final List<String> lines = new ArrayList<>();
    private final List<Throwable> causes = new ArrayList<>();
    private int parameters;
    private boolean broken;

    @Override
    public String getName() {
      return "recorder";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String text, Throwable cause) {
      keep(level + " " + text);
      causes.add(cause);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... values) {
      keep(level + " " + format);
      parameters += values == null ? 0 : values.length;
    }

    private void keep(String line) {
      if (broken) {
        throw new IllegalStateException("a disk is full");
      }
      lines.add(line);
    }
  }
}
