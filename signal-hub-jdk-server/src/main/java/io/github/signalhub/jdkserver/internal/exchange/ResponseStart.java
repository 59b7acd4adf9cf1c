package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.Headers;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.ResponseFraming;
import io.github.signalhub.jdkserver.internal.http.ResponseFraming.Body;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The bytes and the framing that {@code sendResponseHeaders(status, length)} stands for.
 *
 * @param framing of the body
 * @param head the bytes of status line and headers
 */
record ResponseStart(ResponseFraming framing, byte[] head) {

  /**
   * Composes the start of a response. The headers that the framing needs replace those of a handler
   * in {@code headers}.
   *
   * @param length 0 if it is not known, -1 if there is no body
   * @param mayKeepAlive whether the connection could serve another request
   * @throws IllegalArgumentException if status, length or a header cannot be sent
   */
  static ResponseStart compose(
      RequestHead request,
      int status,
      long length,
      Headers headers,
      String date,
      boolean mayKeepAlive) {
    if (status < 200 || status > 999 || length < -1) {
      throw new IllegalArgumentException(
          "expected a status of 200 to 999 and a length >= -1, were " + status + ", " + length);
    }
    List<String> options = connectionOptions(headers);
    ResponseFraming framing =
        ResponseFraming.of(
            request,
            status,
            framedLength(request, status, length, headers),
            mayKeepAlive && options.stream().noneMatch("close"::equalsIgnoreCase));
    set(headers, "Date", date);
    set(headers, "Transfer-Encoding", framing.body() == Body.CHUNKED ? "chunked" : "");
    set(headers, "Content-Length", framing.contentLength().orElse(""));
    set(headers, "Connection", connection(framing, options));
    return new ResponseStart(framing, encode(status, headers));
  }

  /** Returns the length for the framing. In the API, 0 means unknown and -1 means none. */
  private static long framedLength(RequestHead request, int status, long length, Headers headers) {
    if (length > 0) {
      return length;
    }
    if (request.method().equals("HEAD") || status == 304) {
      // the length that a body would have had, if the handler knows it
      String told = headers.getFirst("Content-Length");
      return told != null && told.matches("[0-9]{1,18}")
          ? Long.parseLong(told)
          : ResponseFraming.UNKNOWN_LENGTH;
    }
    return length == 0 ? ResponseFraming.UNKNOWN_LENGTH : 0;
  }

  /** Returns the handler's own options, such as {@code Upgrade}, and those of the framing. */
  private static String connection(ResponseFraming framing, List<String> own) {
    if (framing.connection().isEmpty()) {
      return String.join(", ", own);
    }
    List<String> options = new ArrayList<>(own);
    options.removeIf(option -> option.equalsIgnoreCase("close"));
    options.removeIf(option -> option.equalsIgnoreCase("keep-alive"));
    options.add(framing.connection().get());
    return String.join(", ", options);
  }

  /** Returns the members of the Connection fields (RFC 9110 §7.6.1). */
  private static List<String> connectionOptions(Headers headers) {
    List<String> fields = headers.get("Connection");
    if (fields == null) {
      return List.of();
    }
    return fields.stream()
        .flatMap(value -> Stream.of(value.split(",")))
        .map(String::strip)
        .filter(option -> !option.isEmpty())
        .toList();
  }

  private static void set(Headers headers, String name, String value) {
    if (value.isEmpty()) {
      headers.remove(name);
    } else {
      headers.set(name, value);
    }
  }

  private static byte[] encode(int status, Headers headers) {
    ResponseHead head = new ResponseHead(status);
    new TreeMap<>(headers) // sorted, so that the same response has the same bytes
        .forEach((name, values) -> values.forEach(value -> head.field(name, value)));
    return head.encode();
  }
}
