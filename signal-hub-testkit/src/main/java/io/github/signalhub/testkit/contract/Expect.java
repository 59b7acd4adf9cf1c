package io.github.signalhub.testkit.contract;

import java.util.List;
import java.util.Objects;

/** Checks whose failures state the expected value, the value seen, and why it matters to a user. */
final class Expect {
  private static final int MAX_SHOWN = 300;

  private Expect() {}

  /** Throws unless both are equal. */
  static void equal(Object expected, Object seen, String what, String why) {
    if (!Objects.equals(expected, seen)) {
      throw failure(what + " " + shown(expected), shown(seen) + difference(expected, seen), why);
    }
  }

  /** Throws unless a condition holds. */
  static void that(boolean holds, String expected, Object seen, String why) {
    if (!holds) {
      throw failure(expected, shown(seen), why);
    }
  }

  static AssertionError failure(String expected, String seen, String why) {
    return new AssertionError("expected " + expected + ", was " + seen + ". " + why);
  }

  private static String difference(Object expected, Object seen) {
    if (expected instanceof List<?> left && seen instanceof List<?> right) {
      int at = 0;
      while (at < Math.min(left.size(), right.size())
          && Objects.equals(left.get(at), right.get(at))) {
        at++;
      }
      return " (" + left.size() + " and " + right.size() + " long, the same up to " + at + ")";
    }
    return "";
  }

  private static String shown(Object value) {
    String text = String.valueOf(value);
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
