package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The answer to a request that goes no further; it is the last one of its connection. */
final class Refusal {
  private Refusal() {}

  /**
   * Returns the whole response.
   *
   * @param reason the text of the body
   * @param fields further fields; a {@code Connection} gets {@code close} besides
   * @param withBody {@code false} in answer to HEAD
   */
  static byte[] encode(
      int status, String reason, Map<String, String> fields, HttpClock clock, boolean withBody) {
    byte[] body = (reason + "\n").getBytes(StandardCharsets.UTF_8);
    ResponseHead head =
        new ResponseHead(status)
            .field("Date", clock.date())
            .field("Content-Type", "text/plain; charset=utf-8")
            .field("Content-Length", Integer.toString(body.length));
    fields.forEach(
        (name, value) -> {
          if (!name.equals("Connection")) {
            head.field(name, value);
          }
        });
    String connection = fields.get("Connection");
    byte[] encoded =
        head.field("Connection", connection == null ? "close" : connection + ", close").encode();
    return withBody
        ? ByteBuffer.allocate(encoded.length + body.length).put(encoded).put(body).array()
        : encoded;
  }
}
