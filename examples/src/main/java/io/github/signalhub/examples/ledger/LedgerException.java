package io.github.signalhub.examples.ledger;

import java.io.IOException;

/** Thrown if the ledger cannot be opened. The message is one line for the user. */
public final class LedgerException extends IOException {
  private static final long serialVersionUID = 1L;

  LedgerException(String message) {
    super(message);
  }

  LedgerException(String message, IOException cause) {
    super(message, cause);
  }
}
