package io.github.signalhub.examples;

import java.io.IOException;
import java.net.BindException;

/** Thrown if the example cannot start. The message is the one line that the user reads. */
public final class StartupException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public StartupException(String message) {
    super(message);
  }

  /** Returns the exception of a server that cannot have its port. */
  public static StartupException cannotListen(int port, IOException cause) {
    return new StartupException(
        cause instanceof BindException
            ? "port " + port + " is in use; set PORT to another one, or to 0 for any"
            : "cannot listen on port " + port + ": " + cause.getMessage());
  }
}
