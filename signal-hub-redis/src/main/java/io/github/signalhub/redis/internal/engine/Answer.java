package io.github.signalhub.redis.internal.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the parts of an answer of Redis. Stateless, so thread-safe. */
final class Answer {
  private Answer() {}

  static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  static String text(Object answer, int index) {
    return text(((List<?>) answer).get(index));
  }

  static long number(Object answer, int index) {
    Object number = ((List<?>) answer).get(index);
    return number instanceof Long value ? value : Long.parseLong(text(number));
  }
}
