package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;

/** The rules for names of topics, and the internal ones. */
final class TopicNames {
  static final int MAX_BYTES = 255;
  static final String BROADCAST = "$broadcast";
  private static final String USER = "$user:";

  private TopicNames() {}

  /**
   * Returns a name that applications may use.
   *
   * @throws IllegalArgumentException if it is empty, begins with {@code $}, or has more than 255
   *     bytes of UTF-8
   */
  static String check(String name) {
    Objects.requireNonNull(name, "topic");
    if (name.startsWith("$")) {
      throw new IllegalArgumentException(
          "expected a topic that does not begin with $, which is internal");
    }
    return checkLength(name, "a topic");
  }

  /** Returns whether applications may use a name. */
  static boolean isValid(String name) {
    return !name.startsWith("$") && hasValidLength(name);
  }

  /**
   * Returns the topic of a user.
   *
   * @throws IllegalArgumentException if the name is empty or has more than 255 bytes of UTF-8
   */
  static String ofUser(String user) {
    Objects.requireNonNull(user, "user");
    return USER + checkLength(user, "a user");
  }

  private static String checkLength(String name, String what) {
    if (!hasValidLength(name)) {
      throw new IllegalArgumentException(
          "expected " + what + " of 1 to " + MAX_BYTES + " UTF-8 bytes, was " + utf8Bytes(name));
    }
    return name;
  }

  private static boolean hasValidLength(String name) {
    int bytes = utf8Bytes(name);
    return bytes >= 1 && bytes <= MAX_BYTES;
  }

  /** Returns how many bytes a name has; of one that is too long, at least too many. */
  private static int utf8Bytes(String name) {
    return name.length() > MAX_BYTES ? name.length() : name.getBytes(UTF_8).length;
  }
}
