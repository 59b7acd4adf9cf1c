package io.github.signalhub.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns one text into one value (RFC 8259 §2, §4, §5). Open arrays and objects are kept in a list
 * of {@link Container}s, not on the stack. So depth costs no more than length does. Not
 * thread-safe: one instance reads one text.
 */
final class JsonReader {
  /** Stands for a container that is still open. */
  private static final Object PENDING = new Object();

  private final JsonTokens tokens;
  private final int maxDepth;
  private int depth;
  private Container innermost;

  private JsonReader(JsonTokens tokens, int maxDepth) {
    this.tokens = tokens;
    this.maxDepth = maxDepth;
  }

  static Object read(String text, JsonLimits limits) {
    requireLength(text.length(), limits.maxLength(), "chars");
    return read(new JsonTokens(text, limits.maxDigits(), false), limits);
  }

  static Object read(byte[] utf8, JsonLimits limits) {
    requireLength(utf8.length, limits.maxLength(), "bytes");
    String text = new String(utf8, StandardCharsets.UTF_8);
    // This is the fastest decoder, but it replaces malformed bytes by U+FFFD. Only a text with a
    // U+FFFD needs a second, slower decoder.
    if (text.indexOf('\uFFFD') >= 0) {
      requireUtf8(utf8);
    }
    return read(new JsonTokens(text, limits.maxDigits(), true), limits);
  }

  private static Object read(JsonTokens tokens, JsonLimits limits) {
    return new JsonReader(tokens, limits.maxDepth()).read();
  }

  private static void requireLength(int length, int most, String unit) {
    if (length > most) {
      throw new JsonException("at most " + most + " " + unit, length + " " + unit, most);
    }
  }

  private static void requireUtf8(byte[] utf8) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // it reports errors
    ByteBuffer in = ByteBuffer.wrap(utf8);
    CharBuffer sink = CharBuffer.allocate(1024);
    while (true) {
      var result = decoder.decode(in, sink.clear(), true);
      if (result.isError()) {
        String was = "byte 0x" + HexFormat.of().toHexDigits(in.get(in.position()));
        throw new JsonException("UTF-8", was, in.position());
      }
      if (result.isUnderflow()) {
        return;
      }
    }
  }

  private Object read() {
    Object value = PENDING;
    while (value == PENDING || innermost != null) {
      value = value == PENDING ? begin() : attach(value);
    }
    tokens.skipWhitespace();
    if (tokens.peek() != JsonTokens.END) {
      throw tokens.unexpected("the end of the text");
    }
    return value;
  }

  /** Reads a scalar or an empty container, or opens a container and returns {@link #PENDING}. */
  private Object begin() {
    tokens.skipWhitespace();
    return switch (tokens.peek()) {
      case '{' -> beginObject();
      case '[' -> beginArray();
      case '"' -> tokens.string();
      case 't' -> tokens.literal("true", Boolean.TRUE);
      case 'f' -> tokens.literal("false", Boolean.FALSE);
      case 'n' -> tokens.literal("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> tokens.number();
      default -> throw tokens.unexpected("a value");
    };
  }

  private Object beginObject() {
    enter();
    if (tokens.peek() == '}') {
      leave();
      return Collections.emptyMap();
    }
    innermost = new Container(innermost, true);
    name();
    return PENDING;
  }

  private Object beginArray() {
    enter();
    if (tokens.peek() == ']') {
      leave();
      return Collections.emptyList();
    }
    innermost = new Container(innermost, false);
    return PENDING;
  }

  private void enter() {
    if (depth == maxDepth) {
      throw tokens.failure("at most " + depth + " levels", "one more", tokens.position());
    }
    depth++;
    tokens.next();
    tokens.skipWhitespace();
  }

  private void leave() {
    depth--;
    tokens.next();
  }

  /** Adds a finished value to the innermost container. Returns the container if it ends there. */
  private Object attach(Object value) {
    Container container = innermost;
    if (!container.add(value)) {
      throw tokens.failure("each name once in an object", "a repeated one", container.nameOffset);
    }
    tokens.skipWhitespace();
    int next = tokens.peek();
    if (next == ',') {
      tokens.next();
      if (container.members != null) {
        tokens.skipWhitespace();
        name();
      }
      return PENDING;
    }
    if (next != (container.members != null ? '}' : ']')) {
      throw tokens.unexpected(container.members != null ? "',' or '}'" : "',' or ']'");
    }
    leave();
    innermost = container.parent;
    return container.finished();
  }

  private void name() {
    if (tokens.peek() != '"') {
      throw tokens.unexpected("a name in quotes");
    }
    innermost.nameOffset = tokens.position();
    innermost.name = tokens.string();
    tokens.skipWhitespace();
    if (tokens.peek() != ':') {
      throw tokens.unexpected("':'");
    }
    tokens.next();
  }

  /**
   * An open array or object.
   *
   * <p>Names with one hash code do not make it slow. A {@code HashMap} turns a crowded bucket into
   * a tree, and orders it by the strings, because {@code String} is comparable.
   */
  private static final class Container {
    final Container parent;
    final Map<String, Object> members;
    final List<Object> elements;
    String name;
    int nameOffset;

    Container(Container parent, boolean object) {
      this.parent = parent;
      members = object ? new LinkedHashMap<>(4) : null; // small: many small ones are the worst case
      elements = object ? null : new ArrayList<>(4);
    }

    /** Adds a value. Returns {@code false} if the object has this name already. */
    boolean add(Object value) {
      if (members == null) {
        return elements.add(value);
      }
      int before = members.size(); // put() returns null in both cases
      members.put(name, value);
      return members.size() > before;
    }

    Object finished() {
      return members != null
          ? Collections.unmodifiableMap(members)
          : Collections.unmodifiableList(elements);
    }
  }
}
