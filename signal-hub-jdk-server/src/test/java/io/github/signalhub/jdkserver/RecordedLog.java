package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.logger.HubLogger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Records the log of the whole library, as a file would have it. */
public final class RecordedLog extends Handler implements AutoCloseable {
  private final Logger log = Logger.getLogger("io.github.signalhub");
  private final List<String> entries = new CopyOnWriteArrayList<>();
  private final SimpleFormatter formatter = new SimpleFormatter();

  public RecordedLog(Level level) {
    HubLogger.tellRepeats(); // reports the repeated warnings of earlier tests now
    log.setUseParentHandlers(false);
    log.setLevel(level);
    setLevel(level);
    log.addHandler(this);
  }

  /** Returns the entries so far, each with its stack trace. */
  public List<String> entries() {
    return List.copyOf(entries);
  }

  /** Returns how many entries contain this text. */
  public long count(String text) {
    return entries.stream().filter(entry -> entry.contains(text)).count();
  }

  long bytes() {
    return entries.stream().mapToLong(e -> e.getBytes(StandardCharsets.UTF_8).length).sum();
  }

  public void awaitCount(String text, long count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (count(text) < count && System.nanoTime() < deadline) {
      Thread.sleep(5); // between two checks
    }
    assertThat(count(text)).as("entries with \"%s\"", text).isGreaterThanOrEqualTo(count);
  }

  @Override
  public void publish(LogRecord entry) {
    if (isLoggable(entry)) {
      entries.add(formatter.format(entry));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    log.removeHandler(this);
    log.setLevel(null);
    log.setUseParentHandlers(true);
  }
}
