package io.github.signalhub.jdkserver;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Makes every line of a class's log fail, as a full heap does. */
public final class FullLog extends Handler {
  private final Logger log;

  public FullLog(Class<?> of) {
    log = Logger.getLogger(of.getName());
    log.setUseParentHandlers(false);
    log.setLevel(Level.ALL);
    log.addHandler(this);
  }

  @Override
  public void publish(LogRecord line) {
    throw new OutOfMemoryError("as when a heap is full");
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
