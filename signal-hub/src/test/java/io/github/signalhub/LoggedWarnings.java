package io.github.signalhub;

import io.github.signalhub.internal.logger.HubLogger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Collects the warnings of a class until it is closed. Thread-safe. */
public final class LoggedWarnings implements AutoCloseable {
  private final Logger logger;
  private final List<String> texts = new CopyOnWriteArrayList<>();
  private final Handler ear = new Ear();

  LoggedWarnings() {
    this(Hub.class);
  }

  /** Starts to collect from the logger of a class. */
  public LoggedWarnings(Class<?> owner) {
    HubLogger.tellRepeats(); // reports the repeated warnings of earlier tests now
    logger = Logger.getLogger(owner.getName());
    logger.addHandler(ear);
  }

  /** Returns the warnings so far, formatted. */
  public List<String> texts() {
    return texts;
  }

  @Override
  public void close() {
    logger.removeHandler(ear);
  }

  private final class Ear extends Handler {
    @Override
    public void publish(LogRecord record) {
      if (record.getLevel() == Level.WARNING) {
        texts.add(new SimpleFormatter().formatMessage(record));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
