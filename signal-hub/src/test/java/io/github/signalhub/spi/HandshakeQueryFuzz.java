package io.github.signalhub.spi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fuzz target: any bytes as the query of a handshake. The parser accepts it or throws an {@link
 * IllegalArgumentException}. An accepted query is within its limits, becomes a handshake, and gives
 * the same result when it is written and read again.
 */
public final class HandshakeQueryFuzz {
  private HandshakeQueryFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    String raw = new String(data, ISO_8859_1);
    HandshakeQuery query;
    try {
      query = HandshakeQuery.parse(raw);
    } catch (IllegalArgumentException e) {
      require(e.getClass() == IllegalArgumentException.class && e.getMessage() != null, raw);
      return;
    }
    requireLimits(query, raw);
    Handshake handshake = query.grant(query.topics()).build();
    require(handshake.topics().containsAll(query.topics()), raw);
    require(handshake.starts().equals(query.starts()), raw);

    HandshakeQuery again = HandshakeQuery.parse(write(query.parameters()));
    require(again.parameters().equals(query.parameters()), raw);
    require(again.topics().equals(query.topics()), raw);
    require(again.starts().equals(query.starts()), raw);
    require(again.after().equals(query.after()), raw);
    require(again.session().equals(query.session()), raw);
  }

  private static void requireLimits(HandshakeQuery query, String raw) {
    require(query.topics().size() <= HandshakeQuery.MAX_TOPICS, raw);
    require(query.topics().stream().allMatch(HandshakeQuery::isTopic), raw);
    require(query.topics().containsAll(query.starts().keySet()), raw);
    require(query.starts().values().stream().allMatch(id -> id.length() == 33), raw);
    require(query.session().stream().allMatch(id -> id.matches("[0-9a-f]{32}")), raw);
  }

  private static String write(Map<String, java.util.List<String>> parameters) {
    return parameters.entrySet().stream()
        .flatMap(
            each ->
                each.getValue().stream()
                    .map(value -> escaped(each.getKey()) + "=" + escaped(value)))
        .collect(Collectors.joining("&"));
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private static void require(boolean holds, String raw) {
    if (!holds) {
      throw new AssertionError("misread: " + raw);
    }
  }
}
