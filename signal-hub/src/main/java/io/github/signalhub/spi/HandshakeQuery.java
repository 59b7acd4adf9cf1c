package io.github.signalhub.spi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The requests of a client in the query of its handshake: {@code topic}, {@code after}, {@code
 * session} and {@code signal-hub}. For transports that are opened by an HTTP request. Most of them
 * ask an {@code Admission}, which reads it and checks the rest of the request. Without one:
 *
 * <pre>{@code
 * String sent = request.getQueryString(); // null if there is none, in most APIs
 * HandshakeQuery query = HandshakeQuery.parse(sent == null ? "" : sent);
 * Handshake handshake = query.grant(allowed(user, query.topics())).user(user).build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class HandshakeQuery {
  /** The most topics that a client may name. */
  public static final int MAX_TOPICS = 128;

  /** The longest name of a topic in UTF-8 bytes. */
  public static final int MAX_TOPIC_BYTES = 255;

  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}-[0-9]{16}");
  private static final int ID_LENGTH = 33;
  private static final String MAX_OFFSET = "9007199254740991"; // as wide as all: compares as text
  private static final Pattern SESSION = Pattern.compile("[0-9a-f]{32}");

  private static final Set<String> PROTOCOL = Set.of("topic", "after", "session", "signal-hub");

  private final String rawQuery;
  private final Map<String, List<String>> parameters;
  private final Set<String> topics = new LinkedHashSet<>();
  private final Map<String, String> starts = new LinkedHashMap<>();
  private final Optional<String> after;
  private final Optional<String> session;

  private HandshakeQuery(String rawQuery) {
    this.rawQuery = rawQuery;
    this.parameters = parametersOf(rawQuery);
    all("topic").forEach(this::addTopic);
    after = atMostOne("after").filter(id -> !id.isEmpty());
    session = atMostOne("session");
    check(
        session.isEmpty() || SESSION.matcher(session.get()).matches(),
        "expected a session of 32 lower-case hex digits");
  }

  /**
   * Reads a query.
   *
   * @param rawQuery as it was sent, without the question mark; empty if there is none
   * @throws IllegalArgumentException if an escape is broken or no UTF-8, a topic has a bad name or
   *     two different starts, or there are too many topics. Also if {@code after} or {@code
   *     session} is repeated, or the session is none. The message quotes nothing of the query; the
   *     answer to it is 400.
   */
  public static HandshakeQuery parse(String rawQuery) {
    return new HandshakeQuery(rawQuery);
  }

  /** Reads the parameters of any query; unmodifiable. Throws as {@link #parse}. */
  static Map<String, List<String>> parametersOf(String rawQuery) {
    if (Objects.requireNonNull(rawQuery, "rawQuery").isEmpty()) {
      return Map.of();
    }
    check(rawQuery.chars().allMatch(c -> c < 0x80), "expected a query in ASCII (RFC 3986 §2)");
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : rawQuery.split("&")) {
      int equals = pair.indexOf('=');
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      parameters.computeIfAbsent(nameOf(pair), key -> new ArrayList<>()).add(value);
    }
    parameters.replaceAll((name, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(parameters);
  }

  private static String nameOf(String pair) {
    int equals = pair.indexOf('=');
    return decode(equals < 0 ? pair : pair.substring(0, equals));
  }

  /**
   * Returns whether applications and clients may use this name for a topic. It has 1 to {@value
   * #MAX_TOPIC_BYTES} bytes of UTF-8, and does not begin with {@code $}.
   */
  public static boolean isTopic(String name) {
    return isUser(name) && !name.startsWith("$");
  }

  /** Returns whether a user may have this name: 1 to {@value #MAX_TOPIC_BYTES} bytes of UTF-8. */
  public static boolean isUser(String name) {
    return !Objects.requireNonNull(name, "name").isEmpty()
        && name.length() <= MAX_TOPIC_BYTES // first: a long one is not worth encoding
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_TOPIC_BYTES;
  }

  /**
   * Returns whether a text can be the id of a message, of any hub: 16 lower-case hex digits, a
   * hyphen, and an offset of 16 digits. The offset is at most 2^53 − 1, so that JavaScript reads it
   * exactly.
   */
  public static boolean isMessageId(String text) {
    return ID.matcher(Objects.requireNonNull(text, "text")).matches()
        && text.substring(text.length() - MAX_OFFSET.length()).compareTo(MAX_OFFSET) <= 0;
  }

  /**
   * Returns all parameters by name, decoded ({@code +} is a space), in the order in which they
   * came; unmodifiable.
   */
  public Map<String, List<String>> parameters() {
    return parameters;
  }

  /**
   * Returns the names of the topics asked for, without repetitions. It may not be allowed all of
   * them.
   */
  public List<String> topics() {
    return List.copyOf(topics);
  }

  /**
   * Returns the topics that are to start elsewhere than {@link #after}, each with the id to start
   * after; unmodifiable.
   */
  public Map<String, String> starts() {
    return Collections.unmodifiableMap(starts);
  }

  /** Returns the id of the last message that the client has, as it was sent. */
  public Optional<String> after() {
    return after;
  }

  /** Returns the client's own random id: 32 lower-case hex digits. */
  public Optional<String> session() {
    return session;
  }

  /** Returns whether the client asks for control messages. */
  public boolean controlMessages() {
    return all("signal-hub").contains("1");
  }

  /**
   * Returns the query as it was sent, without the parameters of the protocol and without others.
   *
   * @param without the decoded names of the others, such as that of a token
   */
  public String applicationQuery(Set<String> without) {
    Objects.requireNonNull(without, "without");
    Predicate<String> isKept = name -> !PROTOCOL.contains(name) && !without.contains(name);
    if (parameters.keySet().stream().noneMatch(isKept)) {
      return ""; // of most clients
    }
    return Arrays.stream(rawQuery.split("&"))
        .filter(pair -> isKept.test(nameOf(pair)))
        .collect(Collectors.joining("&"));
  }

  /**
   * Begins the handshake that answers this query.
   *
   * @param granted the topics to follow, asked for or not; those that the client wants to start
   *     elsewhere do
   * @return a builder to which the user, the address and other things may be added. It has the
   *     {@linkplain #applicationQuery query} without the protocol's parameters
   */
  public Handshake.Builder grant(Collection<String> granted) {
    Objects.requireNonNull(granted, "granted");
    Handshake.Builder handshake = Handshake.builder().controlMessages(controlMessages());
    handshake.query(applicationQuery(Set.of()));
    after.ifPresent(handshake::after);
    session.ifPresent(handshake::session);
    for (String topic : granted) {
      String start = starts.get(topic);
      if (start == null) {
        handshake.topic(topic);
      } else {
        handshake.topic(topic, start);
      }
    }
    return handshake;
  }

  private void addTopic(String value) {
    int at = value.length() - ID_LENGTH - 1;
    boolean hasStart = at >= 0 && value.charAt(at) == '@' && isMessageId(value.substring(at + 1));
    String name = hasStart ? value.substring(0, at) : value;
    check(isTopic(name), "expected topics of 1 to 255 UTF-8 bytes that do not begin with $");
    topics.add(name);
    check(topics.size() <= MAX_TOPICS, "expected at most " + MAX_TOPICS + " topics");
    if (hasStart) {
      String start = value.substring(at + 1);
      String other = starts.put(name, start);
      check(other == null || other.equals(start), "expected one start of a topic");
    }
  }

  private List<String> all(String name) {
    return parameters.getOrDefault(name, List.of());
  }

  private Optional<String> atMostOne(String name) {
    check(all(name).size() <= 1, "expected at most one " + name);
    return all(name).stream().findFirst();
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.put((byte) (c == '+' ? ' ' : c));
      } else {
        bytes.put((byte) (hex(text, i + 1) << 4 | hex(text, i + 2)));
        i += 2;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the query is not UTF-8");
    }
  }

  private static int hex(String text, int at) {
    int value = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    check(value >= 0, "expected two hex digits after % (RFC 3986 §2.1)");
    return value;
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
