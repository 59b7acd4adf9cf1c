package io.github.signalhub.model;

/** Thrown if the guarantee is broken. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Violation(String rule) {
    super(rule);
  }
}
