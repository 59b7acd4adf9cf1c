package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageId;
import java.util.Optional;

/**
 * What became of a message that was published. Overload and closure are values, not exceptions.
 * Immutable.
 */
public final class PublishResult {
  /** The outcomes. */
  public enum Status {
    /** The message is in the log, and every client of its topic will be sent it. */
    ACCEPTED,
    /**
     * The log is full of messages that connected clients have yet to be offered, so nothing was
     * appended: publish again a little later, or less. If {@link HubBuilder#maxTableBytes} leaves
     * no room beside it, the log may also be full of the keys of compacted topics. See {@link
     * HubBuilder#maxLogBytes}.
     */
    OVERLOADED,
    /**
     * The message is larger than {@link HubBuilder#maxMessageBytes} or than the log: it will never
     * fit.
     */
    TOO_LARGE,
    /**
     * The topic is compacted, and the message's key would be one more than {@link
     * TopicOptions#withMaxKeys}, so nothing was appended. Messages of the keys that are there are
     * accepted, and so are deletions.
     */
    TOO_MANY_KEYS,
    /**
     * The keys of all compacted topics together take as much as {@link HubBuilder#maxTableBytes}
     * allows, and this message would need more, so nothing was appended. Deletions are accepted,
     * and so are messages that are no larger than those that they supersede. Keys make room when
     * they are deleted, become too old ({@link TopicOptions#withKeyAge}), or their topic is dropped
     * ({@link Hub#dropTopic}).
     */
    TABLES_FULL,
    /** The hub is closed. */
    CLOSED
  }

  private static final PublishResult OVERLOADED = new PublishResult(Status.OVERLOADED, null);
  static final PublishResult TOO_LARGE = new PublishResult(Status.TOO_LARGE, null);
  private static final PublishResult TOO_MANY_KEYS = new PublishResult(Status.TOO_MANY_KEYS, null);
  private static final PublishResult TABLES_FULL = new PublishResult(Status.TABLES_FULL, null);
  private static final PublishResult CLOSED = new PublishResult(Status.CLOSED, null);

  private final Status status;
  private final MessageId id;

  private PublishResult(Status status, MessageId id) {
    this.status = status;
    this.id = id;
  }

  static PublishResult accepted(long epoch, long offset) {
    return new PublishResult(Status.ACCEPTED, new MessageId(epoch, offset));
  }

  /** Returns the outcome that {@link HubLog#append} stated by a negative number. */
  static PublishResult refused(long code) {
    if (code == HubLog.OVERLOADED) {
      return OVERLOADED;
    } else if (code == HubLog.TOO_MANY_KEYS) {
      return TOO_MANY_KEYS;
    }
    return code == HubLog.TABLES_FULL ? TABLES_FULL : CLOSED;
  }

  /** Returns the outcome. */
  public Status status() {
    return status;
  }

  /** Returns whether the message is in the log. */
  public boolean isAccepted() {
    return status == Status.ACCEPTED;
  }

  /** Returns the id that the message got, by which clients resume; empty unless it was accepted. */
  public Optional<String> id() {
    return Optional.ofNullable(id).map(MessageId::toString);
  }

  /** Returns the outcome and the id. */
  @Override
  public String toString() {
    return id == null ? status.toString() : status + " " + id;
  }
}
