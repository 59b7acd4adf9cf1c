package io.github.signalhub.jdkserver.internal.net;

/** Which field trusted proxies write to name their client. */
public enum ProxyField {
  /** It is not known: whichever is there, and neither if both are and name different clients. */
  UNKNOWN,

  /** {@code X-Forwarded-For}, with {@code -Proto}, {@code -Host} and {@code -Port}. */
  X_FORWARDED,

  /** {@code Forwarded} (RFC 7239). */
  FORWARDED
}
