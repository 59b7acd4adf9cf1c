package io.github.signalhub.examples;

/** The example cannot start; the message is the one line that its user gets to read. */
final class StartupException extends Exception {
  private static final long serialVersionUID = 1L;

  StartupException(String message) {
    super(message);
  }
}
