package io.github.signalhub;

import io.github.signalhub.internal.log.MessageId;
import java.util.Optional;

/**
 * The outcome of publishing a message, or of sending one to a client. Overload and closure are
 * values, not exceptions. Immutable.
 */
public final class PublishResult {
  /** The outcomes. */
  public enum Status {
    /**
     * The message is in the log, and every client of its topic will be sent it. A message to one
     * client will be sent, unless the client's connection ends before.
     */
    ACCEPTED,
    /**
     * The log is full of messages that were not offered to all connected clients yet. Nothing was
     * appended. Publish again a little later, or less. If {@link HubBuilder#maxTableBytes} leaves
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
     * allows. This message would need more, so nothing was appended. Deletions are accepted, and so
     * are messages that are no larger than those that they supersede. Keys make room when they are
     * deleted, become too old ({@link TopicOptions#withKeyAge}), or their topic is dropped ({@link
     * HubTopic#clear}).
     */
    TABLES_FULL,
    /** The hub is closed. */
    CLOSED,
    /** A message to one client: there is no such client, or not any more. */
    NO_SUCH_CLIENT,
    /** A message to one client, whose connection is being closed. */
    CLIENT_CLOSING,
    /**
     * A message to one client, for which 64 messages wait already, or some do and 64 KiB would be
     * exceeded. Nothing was added. When nothing waits, one message of any allowed length is
     * accepted: try again when the client has read.
     */
    CLIENT_FULL
  }

  private final Status status;
  private final long epoch;
  private final long offset;

  private PublishResult(Status status, long epoch, long offset) {
    this.status = status;
    this.epoch = epoch;
    this.offset = offset;
  }

  static PublishResult accepted(long epoch, long offset) {
    return new PublishResult(Status.ACCEPTED, epoch, offset);
  }

  static PublishResult refused(Status status) {
    return new PublishResult(status, 0, 0);
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
    return isAccepted() ? Optional.of(new MessageId(epoch, offset).toString()) : Optional.empty();
  }

  /** Returns the outcome and the id. */
  @Override
  public String toString() {
    return id().map(id -> status + " " + id).orElse(status.toString());
  }
}
