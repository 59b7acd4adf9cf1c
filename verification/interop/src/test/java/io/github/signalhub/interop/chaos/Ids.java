package io.github.signalhub.interop.chaos;

/** The format of message ids: 16 hex digits of epoch, a dash, 16 decimal digits of offset. */
final class Ids {
  static final int LENGTH = 33;

  private Ids() {}

  static long offset(String id) {
    return Long.parseLong(id, LENGTH - 16, LENGTH, 10);
  }
}
