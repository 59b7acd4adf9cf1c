package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asks for in the query of its handshake. Immutable.
 *
 * @param parameters all parameters by name, decoded, in the order in which they came
 * @param topics the topics asked for, without repetitions
 * @param after the id of the last message that the client has, as it was sent
 * @param controlMessages whether the client asked for control messages
 */
public record UpgradeQuery(
    Map<String, List<String>> parameters,
    List<String> topics,
    Optional<String> after,
    boolean controlMessages) {
  /** The most topics that a client may name. */
  public static final int MAX_TOPICS = 128;

  /** The longest name of a topic in UTF-8 bytes. */
  public static final int MAX_TOPIC_BYTES = 255;

  /**
   * Reads a query.
   *
   * @param rawQuery as it was sent, without the question mark; {@code null} if there is none
   * @throws HttpException 400 if an escape is no UTF-8, a topic has a name that none may have,
   *     there are too many of them, or {@code after} is repeated
   */
  static UpgradeQuery parse(String rawQuery) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    if (rawQuery != null && !rawQuery.isEmpty()) {
      for (String pair : rawQuery.split("&")) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
      }
    }
    parameters.replaceAll((name, values) -> List.copyOf(values));
    List<String> after = parameters.getOrDefault("after", List.of());
    if (after.size() > 1) {
      throw new HttpException(400, "expected at most one after");
    }
    return new UpgradeQuery(
        Collections.unmodifiableMap(parameters),
        topics(parameters.getOrDefault("topic", List.of())),
        after.stream().filter(id -> !id.isEmpty()).findFirst(),
        parameters.getOrDefault("signal-hub", List.of()).contains("1"));
  }

  /** Returns whether a client may follow a topic of this name. */
  public static boolean isTopic(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= 1 && bytes <= MAX_TOPIC_BYTES && !name.startsWith("$");
  }

  private static List<String> topics(List<String> named) {
    if (named.size() > MAX_TOPICS) {
      throw new HttpException(400, "expected at most " + MAX_TOPICS + " topics");
    }
    if (!named.stream().allMatch(UpgradeQuery::isTopic)) {
      throw new HttpException(
          400, "expected topics of 1 to 255 UTF-8 bytes that do not begin with $");
    }
    return named.stream().distinct().toList();
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.put((byte) (c == '+' ? ' ' : c)); // a request target is ASCII
      } else {
        bytes.put((byte) (hex(text, i + 1) << 4 | hex(text, i + 2)));
        i += 2;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new HttpException(400, "the query is not UTF-8");
    }
  }

  private static int hex(String text, int at) {
    int value = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    if (value < 0) {
      throw new HttpException(400, "expected two hex digits behind % (RFC 3986 §2.1)");
    }
    return value;
  }
}
