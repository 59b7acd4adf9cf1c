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

/** What all of the library writes to its log meanwhile, as a file would have it. */
final class RecordedLog extends Handler implements AutoCloseable {
  private final Logger log = Logger.getLogger("io.github.signalhub");
  private final List<String> entries = new CopyOnWriteArrayList<>();
  private final SimpleFormatter formatter = new SimpleFormatter();

  RecordedLog(Level level) {
    HubLogger.tellRepeats(); // what other tests left is not of this one
    log.setUseParentHandlers(false);
    log.setLevel(level);
    setLevel(level);
    log.addHandler(this);
  }

  /** Returns the entries so far, each with its stack trace. */
  List<String> entries() {
    return List.copyOf(entries);
  }

  /** Returns how many entries have this in them. */
  long count(String text) {
    return entries.stream().filter(entry -> entry.contains(text)).count();
  }

  long bytes() {
    return entries.stream().mapToLong(e -> e.getBytes(StandardCharsets.UTF_8).length).sum();
  }

  void awaitCount(String text, long count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (count(text) < count && System.nanoTime() < deadline) {
      Thread.sleep(5); // between two looks
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
