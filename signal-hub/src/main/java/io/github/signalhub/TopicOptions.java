package io.github.signalhub;

import io.github.signalhub.internal.log.Retention;
import java.time.Duration;
import java.util.Objects;

/**
 * How much of a topic is kept for clients that come back. When a limit is passed the oldest
 * messages leave, but none that a connected client has yet to be offered, and none younger than
 * {@linkplain HubBuilder#grace the grace} while there is room. Immutable.
 *
 * @param messages how many messages, at least 1
 * @param bytes how many bytes of JSON text, each message with 96 bytes added, at least 1
 * @param age how old a message may become, at least 1 ns; looked at when something is published or
 *     a client resumes
 */
public record TopicOptions(int messages, long bytes, Duration age) {
  /** 1,000 messages, 1 MiB, 5 minutes. */
  public static final TopicOptions DEFAULT =
      new TopicOptions(1_000, 1 << 20, Duration.ofMinutes(5));

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a limit is not positive, or the age is beyond 292 years
   */
  public TopicOptions {
    Objects.requireNonNull(age, "age");
    new Retention(messages, bytes, nanos(age));
  }

  /** Returns these options with another limit of messages. */
  public TopicOptions withMessages(int messages) {
    return new TopicOptions(messages, bytes, age);
  }

  /** Returns these options with another limit of bytes. */
  public TopicOptions withBytes(long bytes) {
    return new TopicOptions(messages, bytes, age);
  }

  /** Returns these options with another limit of age. */
  public TopicOptions withAge(Duration age) {
    return new TopicOptions(messages, bytes, age);
  }

  Retention retention() {
    return new Retention(messages, bytes, nanos(age));
  }

  private static long nanos(Duration age) {
    try {
      return age.toNanos();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("expected an age of at most 292 years, was " + age, e);
    }
  }
}
