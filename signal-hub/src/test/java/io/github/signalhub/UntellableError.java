package io.github.signalhub;

import java.io.PrintWriter;

/**
 * As when a heap is full: to write it to a log fails, too, and with the same object, of which the
 * JVM has few then.
 */
final class UntellableError extends Error {
  private static final long serialVersionUID = 1;

  UntellableError() {
    super("on purpose");
  }

  @Override
  public void printStackTrace(PrintWriter out) {
    throw this;
  }
}
