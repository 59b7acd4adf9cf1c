package io.github.signalhub.jdkserver.internal.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;

/**
 * The four forms of a request target (RFC 9112 §3.2), reduced to path and query and, for the
 * absolute form, the authority that overrides the Host field. Immutable.
 *
 * <p>Browsers write addresses by the WHATWG URL standard. It leaves some characters as they are
 * that RFC 3986 wants escaped. They are accepted and escaped here, so handlers see a valid URI of
 * the same meaning. Characters that the standard always escapes are refused.
 *
 * @param uri path and query, or {@code *}; escaped
 * @param authority of the absolute form, otherwise empty
 */
record RequestTarget(URI uri, String authority) {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /**
   * Characters that the standard leaves unescaped in a path and {@link URI} refuses. The circumflex
   * is escaped since 2023 only. The backslash is not here: browsers send a slash in its place.
   */
  private static final String UNESCAPED_IN_PATH = "[]|^";

  /** The same of a query. {@link URI} takes brackets there as they are. */
  private static final String UNESCAPED_IN_QUERY = "|{}^\\`";

  /**
   * Reads a target that consists of visible ASCII without {@code #}.
   *
   * @throws HttpException 400 if it has no form that its method allows; 501 for CONNECT, so the
   *     authority form is never read
   */
  static RequestTarget parse(String method, String target) {
    if (method.equals("CONNECT")) {
      throw new HttpException(501, "CONNECT is not implemented");
    }
    if (target.startsWith("/")) {
      return new RequestTarget(uri(target), "");
    }
    if (target.equals("*") && method.equals("OPTIONS")) {
      return new RequestTarget(uri(target), "");
    }
    int authorityStart = authorityStart(target);
    if (authorityStart < 0) {
      throw OtherProtocol.after(method, "expected a path or an http URI as target (RFC 9112 §3.2)");
    }
    int authorityEnd = authorityStart;
    while (authorityEnd < target.length() && "/?".indexOf(target.charAt(authorityEnd)) < 0) {
      authorityEnd++;
    }
    String authority = target.substring(authorityStart, authorityEnd);
    if (!Authority.isValid(authority)) { // user information too: RFC 9110 §4.2.4
      throw new HttpException(400, "the target's authority is not host[:port] (RFC 9110 §4.2)");
    }
    String pathAndQuery = target.substring(authorityEnd);
    return new RequestTarget(
        uri(pathAndQuery.startsWith("/") ? pathAndQuery : "/" + pathAndQuery), authority);
  }

  private static int authorityStart(String target) {
    for (String scheme : new String[] {"http://", "https://"}) {
      if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    return -1;
  }

  private static URI uri(String pathAndQuery) {
    // two slashes would begin an authority: an empty one before them leaves them to the path
    String text = pathAndQuery.startsWith("//") ? "//" + pathAndQuery : pathAndQuery;
    try {
      return new URI(escape(text));
    } catch (URISyntaxException e) {
      throw new HttpException(400, "the target is no URI (RFC 3986)");
    }
  }

  private static String escape(String pathAndQuery) {
    StringBuilder escaped = new StringBuilder(pathAndQuery.length());
    String unescaped = UNESCAPED_IN_PATH;
    for (int i = 0; i < pathAndQuery.length(); i++) {
      char c = pathAndQuery.charAt(i);
      if (c == '?') {
        unescaped = UNESCAPED_IN_QUERY;
      }
      boolean barePercent = c == '%' && !isEscape(pathAndQuery, i);
      if (barePercent || unescaped.indexOf(c) >= 0) {
        escaped.append('%').append(HEX.toHexDigits((byte) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static boolean isEscape(String text, int percent) {
    return percent + 2 < text.length()
        && HttpChars.hexValue(text.charAt(percent + 1)) >= 0
        && HttpChars.hexValue(text.charAt(percent + 2)) >= 0;
  }
}
