package io.github.signalhub.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Log records as one line each: time, level, message; then the stack trace if there is one. */
final class LogLines extends Formatter {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  private LogLines() {}

  /** Makes the platform's log handlers write this way. */
  static void install() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(new LogLines());
    }
  }

  @Override
  public String format(LogRecord record) {
    String time = TIME.format(record.getInstant().atZone(ZoneId.systemDefault()));
    String line = time + " " + record.getLevel() + " " + formatMessage(record) + "\n";
    if (record.getThrown() == null) {
      return line;
    }
    StringWriter trace = new StringWriter();
    record.getThrown().printStackTrace(new PrintWriter(trace));
    return line + trace;
  }
}
