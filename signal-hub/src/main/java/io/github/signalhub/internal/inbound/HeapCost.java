package io.github.signalhub.internal.inbound;

/**
 * About how many bytes of heap a JSON text takes once it is parsed, without parsing it. Measured
 * with HotSpot's compressed pointers. A text that is no JSON counts the values before its fault, or
 * itself as a {@code String}, whichever is more.
 *
 * <p>Not thread-safe: an instance reads one text.
 */
final class HeapCost {
  private static final int MAX_DEPTH = 64; // the parser goes no deeper
  private static final int LONG_BYTES = 24;
  private static final int DECIMAL_BYTES = 40;
  private static final int BIG_INTEGER_BYTES = 40;
  private static final int SAFE_LONG_DIGITS = 18;
  private static final double BITS_OF_A_DIGIT = 3.3219281;

  /** A {@code String} without its array. */
  private static final int STRING_BYTES = 24;

  /** An {@code ArrayList} and the unmodifiable list around it. */
  private static final int LIST_BYTES = 24 + 24;

  /** A {@code LinkedHashMap} and the unmodifiable map around it, and an entry. */
  private static final int MAP_BYTES = 56 + 32;

  private static final int MEMBER_BYTES = 40;

  private final byte[] json;
  private final int[] commas = new int[MAX_DEPTH + 1];
  private final boolean[] objects = new boolean[MAX_DEPTH + 1];
  private final boolean[] filled = new boolean[MAX_DEPTH + 1];
  private int depth;
  private int pos;
  private long bytes;
  private boolean wide; // a character of the text needs two bytes

  private HeapCost(byte[] json) {
    this.json = json;
  }

  /** Returns the cost of a text in UTF-8. */
  static long ofParsed(byte[] json) {
    HeapCost cost = new HeapCost(json);
    cost.read();
    return Math.max(cost.bytes, string(json.length, cost.wide));
  }

  /** Returns the cost of an array of bytes. */
  static long ofArray(long length) {
    return aligned(16 + length);
  }

  private void read() {
    while (pos < json.length) {
      switch (json[pos]) {
        case '"' -> text();
        case '{', '[' -> {
          if (depth == MAX_DEPTH) {
            end();
            return;
          }
          open(json[pos++] == '{');
        }
        case '}', ']' -> {
          close();
          pos++;
        }
        case ',' -> {
          commas[depth]++;
          pos++;
        }
        case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
        case 't', 'f', 'n' -> {
          filled[depth] = true;
          pos++;
        }
        default -> pos++;
      }
    }
    end();
  }

  private void open(boolean object) {
    filled[depth] = true;
    depth++;
    objects[depth] = object;
    commas[depth] = 0;
    filled[depth] = false;
  }

  private void close() {
    if (depth > 0) {
      bytes +=
          filled[depth] ? container(commas[depth] + 1, objects[depth]) : 0; // else it is shared
      depth--;
    }
  }

  private void end() {
    while (depth > 0) {
      close();
    }
  }

  private static long container(int size, boolean object) {
    if (!object) {
      long capacity = 4;
      while (capacity < size) {
        capacity += capacity >> 1;
      }
      return LIST_BYTES + aligned(16 + 4 * capacity);
    }
    long capacity = 4;
    while (4L * size > 3 * capacity) {
      capacity <<= 1;
    }
    return MAP_BYTES + aligned(16 + 4 * capacity) + (long) MEMBER_BYTES * size;
  }

  private void text() {
    filled[depth] = true;
    int chars = 0;
    boolean wideHere = false;
    pos++;
    while (pos < json.length && json[pos] != '"') {
      int c = json[pos++];
      if (c == '\\' && pos < json.length) {
        if (json[pos++] == 'u') {
          wideHere |= pos + 1 < json.length && (json[pos] != '0' || json[pos + 1] != '0');
          pos += 4;
        }
        chars++;
      } else if (c >= 0) {
        chars++;
      } else if ((c & 0xC0) == 0xC0) { // a first byte of several; the others are passed over
        int first = c & 0xFF;
        wideHere |= first > 0xC3; // beyond U+00FF
        wide |= wideHere;
        chars += first >= 0xF0 ? 2 : 1;
      }
    }
    pos++;
    bytes += string(chars, wideHere);
  }

  private void number() {
    filled[depth] = true;
    int start = pos;
    boolean decimal = false;
    int digits = 0;
    while (pos < json.length && isOfNumber(json[pos])) {
      decimal |= json[pos] == '.' || json[pos] == 'e' || json[pos] == 'E';
      digits += json[pos] >= '0' && json[pos] <= '9' ? 1 : 0;
      pos++;
    }
    boolean large = digits > SAFE_LONG_DIGITS;
    bytes += large ? BIG_INTEGER_BYTES + aligned(16 + (long) (digits * BITS_OF_A_DIGIT / 8)) : 0;
    if (decimal) {
      bytes += DECIMAL_BYTES;
    } else if (!large && !isCached(start)) {
      bytes += LONG_BYTES;
    }
  }

  /** {@code Long} keeps those of -128 to 127. */
  private boolean isCached(int start) {
    int length = pos - start;
    boolean negative = json[start] == '-';
    if (length > (negative ? 4 : 3)) {
      return false;
    }
    int magnitude = 0;
    for (int i = negative ? start + 1 : start; i < pos; i++) {
      magnitude = 10 * magnitude + json[i] - '0';
    }
    return magnitude <= (negative ? 128 : 127);
  }

  private static boolean isOfNumber(byte c) {
    return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  }

  private static long string(long chars, boolean wide) {
    return STRING_BYTES + aligned(16 + (wide ? 2 * chars : chars));
  }

  private static long aligned(long bytes) {
    return bytes + 7 & ~7L;
  }
}
