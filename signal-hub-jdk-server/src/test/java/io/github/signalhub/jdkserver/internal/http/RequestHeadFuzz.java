package io.github.signalhub.jdkserver.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Fuzz target: any bytes as a sequence of requests with their bodies. The parser throws only {@link
 * HttpException}. The first byte chooses the chunks. Every chunking gives the same requests. No
 * accepted head breaks a limit.
 */
public final class RequestHeadFuzz {
  private static final HttpLimits LIMITS = new HttpLimits(100, 100, 300, 8, 200);

  private RequestHeadFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    int chunk = 1 + (data[0] & 0x1F);
    String whole = read(data, data.length);
    if (!read(data, chunk).equals(whole) || !read(data, 1).equals(whole)) {
      throw new AssertionError("chunks of " + chunk + " are read differently: " + whole);
    }
  }

  private static String read(byte[] data, int chunk) {
    ByteBuffer wire = ByteBuffer.wrap(data, 1, data.length - 1);
    RequestHeadParser parser = new RequestHeadParser(LIMITS);
    StringBuilder events = new StringBuilder();
    try {
      RequestHead head;
      while ((head = Wire.parse(parser, chunk, wire)) != null) {
        events.append(describe(head));
        BodyFraming framing = BodyFraming.of(head, LIMITS.maxBodyBytes());
        BodyDecoder decoder = framing.decoder();
        String body = Wire.decode(decoder, chunk, wire);
        require(body.length() <= LIMITS.maxBodyBytes());
        events.append(body).append(decoder.isFinished());
        if (!decoder.isFinished()) {
          break;
        }
      }
      return events.append(wire.remaining()).toString();
    } catch (HttpException e) {
      require(e.status() >= 400 && e.status() < 600);
      return events.append(e.status()).append(e.getMessage()).toString();
    }
  }

  private static String describe(RequestHead head) {
    List<String> fields = new ArrayList<>();
    int[] bytes = {head.method().length() + head.target().length()};
    head.headers()
        .forEach(
            (name, value) -> {
              fields.add(name + ":" + value);
              bytes[0] += name.length() + value.getBytes(ISO_8859_1).length;
              require(name.chars().allMatch(HttpChars::isToken));
              require(value.chars().allMatch(HttpChars::isFieldValue));
            });
    require(fields.size() <= LIMITS.maxFields());
    require(bytes[0] <= LIMITS.maxHeadBytes() + LIMITS.maxRequestLineBytes());
    return head.method() + head.uri() + head.version() + fields;
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("a request beyond the rules was read");
    }
  }
}
