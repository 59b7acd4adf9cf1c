package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.logger.LogText;
import io.github.signalhub.spi.HandshakeQuery;
import java.util.Objects;

/** The names of topics: those of the application, and the internal ones. */
final class TopicNames {
  static final String BROADCAST = HubLog.BROADCAST;
  private static final String USER = "$user:";

  private TopicNames() {}

  /**
   * Returns a name that applications may use.
   *
   * @throws IllegalArgumentException if it is empty, begins with {@code $}, or has more than 255
   *     bytes of UTF-8
   */
  static String check(String name) {
    if (!HandshakeQuery.isTopic(Objects.requireNonNull(name, "topic"))) {
      throw new IllegalArgumentException(
          "expected a topic of 1 to 255 UTF-8 bytes that does not begin with $, which is internal,"
              + " was \""
              + LogText.of(name)
              + "\"");
    }
    return name;
  }

  /**
   * Returns the topic of a user.
   *
   * @throws IllegalArgumentException if the name is empty or has more than 255 bytes of UTF-8
   */
  static String ofUser(String user) {
    if (!HandshakeQuery.isUser(Objects.requireNonNull(user, "user"))) {
      throw new IllegalArgumentException(
          "expected a user of 1 to 255 UTF-8 bytes, was \"" + LogText.of(user) + "\"");
    }
    return USER + user;
  }
}
