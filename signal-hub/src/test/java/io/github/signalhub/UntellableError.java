package io.github.signalhub;

import java.io.PrintWriter;

/**
 * An error like that of a full heap. Logging it fails as well, and with the same object, of which
 * the JVM then has few.
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
