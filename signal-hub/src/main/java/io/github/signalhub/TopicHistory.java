package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.LogPage;
import io.github.signalhub.internal.log.StartId;
import java.util.List;

/**
 * Some of the messages that a topic retains, oldest first; see {@link HubTopic#history(int)}. The
 * messages are those at the time of the call. Immutable; thread-safe.
 */
public final class TopicHistory {
  /** Whether messages are missing between the id that was asked for and the first message. */
  public enum Gap {
    /** None is missing. */
    NONE,
    /**
     * Messages after the id have left the log. The history begins with the oldest that is left. In
     * a compacted topic, deletions are missing: read it from its beginning.
     */
    EVICTED,
    /**
     * The id is of another hub, or of this one before it was restarted, or of no message yet. The
     * history begins with the oldest message that is retained.
     */
    UNKNOWN_ID
  }

  private final Source source;
  private final int limit;
  private final LogPage page;
  private final Gap gap;
  private final List<RetainedMessage> messages;

  private TopicHistory(Source source, int limit, LogPage page, Gap gap) {
    this.source = source;
    this.limit = limit;
    this.page = page;
    this.gap = gap;
    this.messages =
        page.entries().stream().map(entry -> source.message(entry.offset(), entry.json())).toList();
  }

  /** Returns the messages, oldest first; unmodifiable, perhaps empty. */
  public List<RetainedMessage> messages() {
    return messages;
  }

  /** Returns whether messages before these are missing; {@link Gap#NONE} if no id was given. */
  public Gap gap() {
    return gap;
  }

  /** Returns whether the topic has later messages, so that {@link #next} is worth a call. */
  public boolean hasMore() {
    return page.more();
  }

  /**
   * Returns the messages that follow these, with the same limit. It reads the topic as it is now.
   * If messages were evicted since, its {@link #gap} says so. Empty if there are none.
   */
  public TopicHistory next() {
    return source.read(page.upTo(), page.begunAt(), limit);
  }

  /**
   * Returns the id after which to go on: by {@link HubTopic#history(String, int)}, {@link
   * Client#join(String, String)}, or a client that connects with {@code after=} this id. A client
   * that has all messages up to here, because nothing {@linkplain #hasMore follows}, misses none
   * then.
   */
  public String lastId() {
    return source.id(page.upTo());
  }

  /** Returns how many messages there are, and what is missing. */
  @Override
  public String toString() {
    return "TopicHistory of "
        + source.topic
        + ": "
        + messages.size()
        + (messages.size() == 1 ? " message" : " messages")
        + (gap == Gap.NONE ? "" : ", gap " + gap)
        + (hasMore() ? ", more" : "");
  }

  /** The messages that a topic retains, to be read. Immutable; thread-safe. */
  static final class Source {
    private final String topic;
    private final HubLog log;
    private final Payloads payloads;

    Source(String topic, HubLog log, Payloads payloads) {
      this.topic = topic;
      this.log = log;
      this.payloads = payloads;
    }

    /** Reads from the oldest message on. */
    TopicHistory read(int limit) {
      return new TopicHistory(this, check(limit), fromOldest(limit), Gap.NONE);
    }

    /** Reads the messages after an id. */
    TopicHistory read(String after, int limit) {
      StartId start = StartId.require(after);
      check(limit);
      long offset = log.offset(start, log.horizon());
      return offset == StartId.UNKNOWN
          ? new TopicHistory(this, limit, fromOldest(limit), Gap.UNKNOWN_ID)
          : read(offset, LogPage.NOT_BEGUN, limit);
    }

    private TopicHistory read(long after, long begunAt, int limit) {
      LogPage page = log.read(topic, after, begunAt, limit);
      return new TopicHistory(this, limit, page, page.gap() ? Gap.EVICTED : Gap.NONE);
    }

    private LogPage fromOldest(int limit) {
      return log.read(topic, LogPage.BEGINNING, LogPage.NOT_BEGUN, limit);
    }

    private static int check(int limit) {
      if (limit < 1 || limit > HubTopic.MAX_HISTORY) {
        throw new IllegalArgumentException(
            "expected a limit of 1 to " + HubTopic.MAX_HISTORY + " messages, was " + limit);
      }
      return limit;
    }

    private RetainedMessage message(long offset, byte[] json) {
      return new RetainedMessage(topic, id(offset), json, payloads);
    }

    private String id(long offset) {
      return log.id(offset).toString();
    }
  }
}
