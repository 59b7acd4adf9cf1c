package io.github.signalhub.internal.admission;

import java.util.Locale;

/** The field in which trusted proxies name their client. */
public enum ProxyField {
  /**
   * Not set: the field that is there counts. If both are there and name different clients, neither
   * counts.
   */
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
          throw new IllegalArgumentException(
              "expected proxyHeader X-Forwarded-For or Forwarded, was " + name);
    };
  }
}
