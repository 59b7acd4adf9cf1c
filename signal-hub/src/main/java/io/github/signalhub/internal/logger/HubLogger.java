package io.github.signalhub.internal.logger;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A logger that can be given texts of peers.
 *
 * <p>Every value is escaped ({@link LogText}), and so is the text of an exception ({@link
 * EscapedThrowable}). The {@link Logger} gets a finished string without parameters. With
 * parameters, the bridge to SLF4J would fill the braces in a peer's text, or throw.
 *
 * <p>A warning or an error with a cause is counted when it repeats ({@link Repeats}). An exception
 * of a logger is dropped, because it must not end the work that the line tells of. An {@link Error}
 * is not dropped.
 *
 * <p>It is a {@link Logger} itself. {@code java.util.logging} names the first class that is no
 * logger as the source of a line. So it names the class that logs, and not this one.
 *
 * <p>Thread-safe.
 */
public final class HubLogger implements Logger {
  private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");
  private static final Object[] NOTHING = {};
  private static final Repeats REPEATS = new Repeats(System::nanoTime);

  /**
   * The logger of all parts of a hub. So an application has one name to configure: that of the
   * class {@code Hub}.
   */
  public static final HubLogger HUB =
      new HubLogger(System.getLogger("io.github.signalhub.Hub"), REPEATS);

  private final Logger logger;
  private final Repeats repeats;

  HubLogger(Logger logger, Repeats repeats) {
    this.logger = Objects.requireNonNull(logger, "logger");
    this.repeats = repeats;
  }

  /** Returns the logger with the name of a class. */
  public static HubLogger of(Class<?> owner) {
    return new HubLogger(System.getLogger(owner.getName()), REPEATS);
  }

  /** Returns one that writes to this logger, and counts by itself. */
  public static HubLogger to(Logger logger) {
    return new HubLogger(logger, new Repeats(System::nanoTime));
  }

  /** Writes how often warnings repeated that nothing was written of yet. */
  public static void tellRepeats() {
    REPEATS.tellAll();
  }

  /**
   * Writes a line.
   *
   * @param text of this library; {@code {0}} stands for the first value
   * @param said the values, also those of peers; each is escaped
   */
  @Override
  public void log(Level level, String text, Object... said) {
    repeats.tellExpired();
    if (logger.isLoggable(level)) {
      write(level, fill(text, said), null);
    }
  }

  /** Writes a warning, or counts it if there was one with the same text before its values. */
  public void warnCounted(String text, Object... said) {
    repeats.tellExpired();
    if (logger.isLoggable(Level.WARNING)) {
      write(repeats.count(this, Level.WARNING, text, fill(text, said), null));
    }
  }

  @Override
  public void log(Level level, String text) {
    log(level, text, NOTHING);
  }

  /** As {@link #log(Level, Throwable, String, Object...)}. */
  @Override
  public void log(Level level, String text, Throwable cause) {
    log(level, cause, text);
  }

  /**
   * Writes a line with a cause. A warning or an error is a repeat if it has the same text without
   * values, the same class of its cause, and the same place where the cause was thrown.
   */
  public void log(Level level, Throwable cause, String text, Object... said) {
    repeats.tellExpired();
    if (logger.isLoggable(level)) {
      String line = fill(text, said);
      if (level.compareTo(Level.WARNING) >= 0) {
        write(repeats.count(this, level, text + Repeats.origin(cause), line, cause));
      } else {
        write(level, line, cause);
      }
    }
  }

  @Override
  public String getName() {
    return logger.getName();
  }

  @Override
  public boolean isLoggable(Level level) {
    return logger.isLoggable(level);
  }

  @Override
  public void log(Level level, ResourceBundle bundle, String text, Throwable cause) {
    log(level, text, cause);
  }

  @Override
  public void log(Level level, ResourceBundle bundle, String text, Object... said) {
    log(level, text, said == null ? NOTHING : said);
  }

  private static void write(Repeats.Line line) {
    if (line != null) {
      line.logger().write(line.level(), line.text(), line.cause());
    }
  }

  /** Writes a line of which all is escaped but the cause. */
  void write(Level level, String line, Throwable cause) {
    try {
      if (cause == null) {
        logger.log(level, line);
      } else {
        logger.log(level, line, EscapedThrowable.of(cause));
      }
    } catch (RuntimeException e) {
      // of a logger: there is no other place to tell of it
    }
  }

  private static String fill(String text, Object... said) {
    return said.length == 0
        ? text
        : PLACE
            .matcher(text)
            .replaceAll(place -> Matcher.quoteReplacement(value(said, place.group(1))));
  }

  private static String value(Object[] said, String index) {
    int i = Integer.parseInt(index);
    return i < said.length ? LogText.of(String.valueOf(said[i])) : "";
  }
}
