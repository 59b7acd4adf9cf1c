package io.github.signalhub.internal.admission;

import java.util.Locale;

/** Which field trusted proxies write to name their client. */
public enum ProxyField {
  /** It is not known: whichever is there, and neither if both are and name different clients. */
  UNKNOWN,

  /** {@code X-Forwarded-For}, with {@code -Proto}, {@code -Host} and {@code -Port}. */
  X_FORWARDED,

  /** {@code Forwarded} (RFC 7239). */
  FORWARDED;

  /**
   * Returns the field of this name, in any case.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static ProxyField named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "x-forwarded-for" -> X_FORWARDED;
      case "forwarded" -> FORWARDED;
      default ->
          throw new IllegalArgumentException("expected X-Forwarded-For or Forwarded, was " + name);
    };
  }
}
