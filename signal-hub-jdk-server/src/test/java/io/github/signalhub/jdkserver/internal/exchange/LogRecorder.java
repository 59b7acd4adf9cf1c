package io.github.signalhub.jdkserver.internal.exchange;

import java.lang.System.Logger;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/** A logger that records its lines. */
final class LogRecorder implements Logger {
  /** One line of the log. The cause may be {@code null}. */
  record Line(Level level, String message, Throwable cause) {}

  final List<Line> lines = new CopyOnWriteArrayList<>();

  List<Level> levels() {
    return lines.stream().map(Line::level).toList();
  }

  @Override
  public String getName() {
    return "recorder";
  }

  @Override
  public boolean isLoggable(Level level) {
    return true;
  }

  @Override
  public void log(Level level, ResourceBundle bundle, String message, Throwable cause) {
    lines.add(new Line(level, message, cause));
  }

  @Override
  public void log(Level level, ResourceBundle bundle, String format, Object... values) {
    lines.add(new Line(level, format, null));
  }
}
