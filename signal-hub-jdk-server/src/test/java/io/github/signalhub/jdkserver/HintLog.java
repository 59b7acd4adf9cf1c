package io.github.signalhub.jdkserver;

import io.github.signalhub.admission.Admission;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The log lines that an operator with default levels sees of refused requests. */
public final class HintLog extends Handler {
  private final Logger log = Logger.getLogger(Admission.class.getName());
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** Starts to collect. */
  public HintLog() {
    log.setUseParentHandlers(false);
    log.addHandler(this);
  }

  /** Returns the lines so far, formatted. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void publish(LogRecord line) {
    if (line.getLevel().intValue() >= Level.INFO.intValue()) {
      lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    log.removeHandler(this);
    log.setUseParentHandlers(true);
  }
}
