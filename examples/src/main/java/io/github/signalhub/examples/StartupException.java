package io.github.signalhub.examples;

/** Thrown if the example cannot start. The message is the one line that the user reads. */
final class StartupException extends Exception {
  private static final long serialVersionUID = 1L;

  StartupException(String message) {
    super(message);
  }
}
