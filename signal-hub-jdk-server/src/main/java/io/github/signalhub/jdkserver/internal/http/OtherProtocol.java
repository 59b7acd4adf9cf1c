package io.github.signalhub.jdkserver.internal.http;

/**
 * Protocols that arrive in the place of HTTP if a proxy or an address is configured wrongly. They
 * are refused as all malformed requests are. The text of the answer names the cause. Thread-safe:
 * it has no state.
 */
final class OtherProtocol {
  private static final int TLS_HANDSHAKE = 22; // RFC 8446 §5.1
  private static final String PROXY_METHOD = "PROXY";
  private static final String REMEDY =
      " is not spoken here: have the proxy send X-Forwarded-For, or set proxyProtocol";

  private OtherProtocol() {}

  /**
   * Returns why a request cannot begin with a byte.
   *
   * @param emptyLines how many empty lines came before; version 2 of the PROXY protocol begins with
   *     two and a zero
   */
  static HttpException beginningWith(int c, int emptyLines) {
    if (c == TLS_HANDSHAKE && emptyLines == 0) {
      return new HttpException(400, "this is TLS where plain HTTP is spoken: use http: or ws:");
    }
    return c == 0 && emptyLines == 2
        ? new HttpException(400, "the PROXY protocol (version 2)" + REMEDY)
        : new HttpException(400, "expected a method, then one space (RFC 9112 §3)");
  }

  /**
   * Returns why no target follows a method.
   *
   * @param reason the text of the answer if the method names no other protocol
   */
  static HttpException after(String method, String reason) {
    return method.equals(PROXY_METHOD)
        ? new HttpException(400, "the PROXY protocol (version 1)" + REMEDY)
        : new HttpException(400, reason);
  }
}
