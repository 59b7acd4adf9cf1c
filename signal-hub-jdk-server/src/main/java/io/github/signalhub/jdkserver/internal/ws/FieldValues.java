package io.github.signalhub.jdkserver.internal.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reading of HTTP field values as RFC 9110 §5.6 writes them: lists, tokens, surrounding white
 * space. Thread-safe: it has no state.
 */
final class FieldValues {
  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

  private FieldValues() {}

  /** Returns the values of a field's lines, in their order; empty if it is absent. */
  static List<String> lines(Map<String, List<String>> headers, String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, List.of());
  }

  /** Returns a field's value if it has exactly one line, else {@code null}. */
  static String only(Map<String, List<String>> headers, String lowerCaseName) {
    List<String> lines = lines(headers, lowerCaseName);
    return lines.size() == 1 ? trim(lines.get(0)) : null;
  }

  /**
   * Returns the members of a comma-separated list, over all of its lines; empty ones are left out.
   */
  static List<String> members(List<String> lines) {
    List<String> members = new ArrayList<>();
    for (String line : lines) {
      for (String member : line.split(",")) {
        String trimmed = trim(member);
        if (!trimmed.isEmpty()) {
          members.add(trimmed);
        }
      }
    }
    return members;
  }

  /** Returns whether a comma-separated list has a member, whatever the case of its letters. */
  static boolean hasMember(List<String> lines, String lowerCaseMember) {
    return members(lines).stream().anyMatch(lowerCaseMember::equalsIgnoreCase);
  }

  /** Returns whether this is a token (§5.6.2). */
  static boolean isToken(String value) {
    return !value.isEmpty() && value.chars().allMatch(FieldValues::isTokenChar);
  }

  static boolean isTokenChar(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || TOKEN_PUNCTUATION.indexOf(c) >= 0;
  }

  /** Returns the value without spaces and tabs around it (§5.6.3), and without any others. */
  private static String trim(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isSpace(value.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
