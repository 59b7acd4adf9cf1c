package io.github.signalhub.jdkserver.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mutates a valid request: every byte is replaced by, or followed by, every other byte. */
class MutationTest {
  private static final String HEAD =
      "POST http://h:80/a?b%20c HTTP/1.1\r\nHost: [::1]:8080\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String LENGTH_HEAD =
      "\r\nPUT //a HTTP/1.0\r\nContent-Length: 12\r\nConnection: close\r\n\r\n";
  private static final String BODY = "3;a=b\r\nabc\r\n0a\r\n0123456789\r\n0\r\nT: x\r\n\r\n";

  @Test
  void headsAreReadOrRefusedAlikeInAnyChunking() {
    int refused = 0;
    for (String head : List.of(HEAD, LENGTH_HEAD)) {
      for (byte[] wire : mutations(head)) {
        String whole = readHead(wire, wire.length);
        assertThat(readHead(wire, 1))
            .as("%s", new String(wire, StandardCharsets.ISO_8859_1))
            .isEqualTo(whole);
        assertThat(readHead(wire, 7)).isEqualTo(whole);
        refused += whole.matches("[0-9]{3}.*") ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(10_000);
  }

  @Test
  void chunkedBodiesAreReadOrRefusedAlikeInAnyChunking() {
    int refused = 0;
    for (byte[] wire : mutations(BODY)) {
      String whole = readBody(wire, wire.length);
      assertThat(readBody(wire, 1))
          .as("%s", new String(wire, StandardCharsets.ISO_8859_1))
          .isEqualTo(whole);
      assertThat(readBody(wire, 3)).isEqualTo(whole);
      refused += whole.matches("[0-9]{3}.*") ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(5_000);
  }

  private static List<byte[]> mutations(String good) {
    byte[] bytes = good.getBytes(StandardCharsets.ISO_8859_1);
    List<byte[]> mutations = new ArrayList<>();
    for (int at = 0; at < bytes.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] replaced = bytes.clone();
        replaced[at] = (byte) value;
        mutations.add(replaced);
        byte[] inserted = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, inserted, 0, at);
        inserted[at] = (byte) value;
        System.arraycopy(bytes, at, inserted, at + 1, bytes.length - at);
        mutations.add(inserted);
      }
    }
    return mutations;
  }

  /** Returns the result and its place. Only {@link HttpException} may be thrown. */
  private static String readHead(byte[] wire, int chunk) {
    ByteBuffer in = ByteBuffer.wrap(wire);
    RequestHeadParser parser = new RequestHeadParser(HttpLimits.DEFAULT);
    try {
      RequestHead head = Wire.parse(parser, chunk, in);
      if (head == null) {
        return "unfinished";
      }
      List<String> fields = new ArrayList<>();
      head.headers().forEach((name, value) -> fields.add(name + ":" + value));
      return head.method() + head.uri() + head.version() + fields + BodyFraming.of(head, 100);
    } catch (HttpException e) {
      return e.status() + e.getMessage();
    }
  }

  private static String readBody(byte[] wire, int chunk) {
    ByteBuffer in = ByteBuffer.wrap(wire);
    BodyDecoder decoder = new ChunkedDecoder(100);
    try {
      String body = Wire.decode(decoder, chunk, in);
      return "body " + body + (decoder.isFinished() ? in.remaining() : " unfinished");
    } catch (HttpException e) {
      return e.status() + e.getMessage();
    }
  }
}
