package io.github.signalhub.jdkserver.internal.certificates;

import java.io.IOException;
import java.nio.file.Path;

/** A file that TLS cannot use. The message names the file, and what is wrong with it. */
final class UnusableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String fault;

  UnusableFileException(Path file, String fault, Throwable cause) {
    super(file + ": " + fault, cause);
    this.file = file.toString();
    this.fault = fault;
  }

  UnusableFileException(Path file, String fault) {
    this(file, fault, null);
  }

  String file() {
    return file;
  }

  String fault() {
    return fault;
  }
}
