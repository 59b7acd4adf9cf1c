package io.github.signalhub.internal.logger;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Stands in a log for an exception whose text could forge lines, or is very long. Many exceptions
 * quote their input, which may be a peer's. It has the stack trace, the causes and the suppressed
 * exceptions of the original, and says the original's class and escaped text.
 */
final class EscapedThrowable extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MOST_CHARS = 1000;
  private static final int MOST_RELATED = 50;

  private EscapedThrowable(String text, Throwable cause) {
    super(text, cause);
  }

  /** Returns the throwable itself if it and all that belongs to it can stand in a log as it is. */
  static Throwable of(Throwable thrown) {
    if (isSafe(thrown, newSet())) {
      return thrown;
    }
    return copy(thrown, newSet());
  }

  /** Returns the text of the original, which begins with its class. */
  @Override
  public String toString() {
    return getMessage();
  }

  /** Returns the text of a throwable, fit for a log. */
  static String text(Throwable thrown) {
    return LogText.of(said(thrown), MOST_CHARS);
  }

  private static String said(Throwable thrown) {
    try {
      return String.valueOf(thrown);
    } catch (RuntimeException | StackOverflowError e) { // of an overridden method
      return thrown.getClass().getName();
    }
  }

  private static boolean isSafe(Throwable thrown, Set<Throwable> seen) {
    if (thrown == null || !seen.add(thrown)) {
      return true;
    }
    if (seen.size() > MOST_RELATED || !LogText.isSafe(said(thrown), MOST_CHARS)) {
      return false;
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!isSafe(suppressed, seen)) {
        return false;
      }
    }
    return isSafe(thrown.getCause(), seen);
  }

  private static Throwable copy(Throwable thrown, Set<Throwable> seen) {
    if (thrown == null || seen.size() == MOST_RELATED || !seen.add(thrown)) {
      return null;
    }
    EscapedThrowable copy = new EscapedThrowable(text(thrown), copy(thrown.getCause(), seen));
    copy.setStackTrace(thrown.getStackTrace());
    for (Throwable suppressed : thrown.getSuppressed()) {
      Throwable other = copy(suppressed, seen);
      if (other != null) {
        copy.addSuppressed(other);
      }
    }
    return copy;
  }

  private static Set<Throwable> newSet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
