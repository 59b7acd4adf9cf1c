package io.github.signalhub.jdkserver.internal.http;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The four forms of a request target (RFC 9112 §3.2), reduced to path and query and, for the
 * absolute form, the authority that overrides the Host field. Immutable.
 *
 * @param uri path and query, or {@code *}
 * @param authority of the absolute form, otherwise empty
 */
record RequestTarget(URI uri, String authority) {

  /**
   * Reads a target that consists of visible ASCII without {@code #}.
   *
   * @throws HttpException 400 if it fits no form or not its method; 501 for CONNECT, whose
   *     authority form is therefore never looked at
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
      throw new HttpException(400, "expected a path or an http URI as target (RFC 9112 §3.2)");
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
    int slashes = 0;
    while (slashes < pathAndQuery.length() && pathAndQuery.charAt(slashes) == '/') {
      slashes++;
    }
    try {
      return new URI(pathAndQuery.substring(Math.max(0, slashes - 1)));
    } catch (URISyntaxException e) {
      throw new HttpException(400, "the target is no URI (RFC 3986)");
    }
  }
}
