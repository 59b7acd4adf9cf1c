package io.github.signalhub;

import io.github.signalhub.internal.log.MessageId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The outcome of publishing a message, or of sending one to a client. Overload and closure are
 * values, not exceptions; {@link #orThrow} makes them exceptions.
 *
 * <p>A result that nobody looks at is not lost: the hub logs a WARNING with figures when messages
 * are refused because something is full or because they are too large. It does so once in each
 * episode of refusals, which ends after a minute without one. {@link HubStats#refused} counts all.
 *
 * <p>A hub of a single process settles every result at once: {@link Status#PENDING}, {@link
 * Status#UNCONFIRMED} and {@link Status#UNAVAILABLE} are for hubs that several nodes share.
 * Immutable.
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
     * The message was handed over to the part that orders the messages of several nodes. {@link
     * #settled} has the outcome later. Do not publish it again meanwhile.
     */
    PENDING,
    /**
     * The log is full of messages that were not offered to all connected clients yet. Nothing was
     * appended. Publish again a little later, or less. If {@link HubBuilder#maxTableBytes} leaves
     * no room beside it, the log may also be full of the keys of compacted topics. See {@link
     * HubBuilder#maxLogBytes}.
     */
    OVERLOADED,
    /**
     * The message is larger than {@link HubBuilder#maxPublishedBytes} or than the log: it will
     * never fit.
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
    /**
     * The part that orders the messages of several nodes cannot be reached. Nothing was appended,
     * and nothing will be. Publish again later.
     */
    UNAVAILABLE,
    /**
     * The part that orders the messages of several nodes was lost before it answered. The message
     * may be in the log or not. If it is published again, clients may be sent it twice.
     */
    UNCONFIRMED,
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

  /** The outcome of a pending result; {@code null}: this is the outcome. */
  private final CompletableFuture<PublishResult> outcome;

  private PublishResult(
      Status status, long epoch, long offset, CompletableFuture<PublishResult> outcome) {
    this.status = status;
    this.epoch = epoch;
    this.offset = offset;
    this.outcome = outcome;
  }

  static PublishResult accepted(long epoch, long offset) {
    return new PublishResult(Status.ACCEPTED, epoch, offset, null);
  }

  static PublishResult refused(Status status) {
    return new PublishResult(status, 0, 0, null);
  }

  /**
   * Returns a result that settles later.
   *
   * @param outcome completed once with a result that is not pending, and never exceptionally
   */
  static PublishResult pending(CompletableFuture<PublishResult> outcome) {
    return new PublishResult(Status.PENDING, 0, 0, outcome);
  }

  /** Returns the offset of an accepted message. */
  long offset() {
    return offset;
  }

  /** Returns the outcome. */
  public Status status() {
    return status;
  }

  /**
   * Returns whether the message is in the log, or on its way there: {@link Status#ACCEPTED} and
   * {@link Status#PENDING}. A loop that publishes until this is {@code true} publishes no message
   * twice, if it ends at results that are not {@linkplain #isRetryable retryable}.
   */
  public boolean isAccepted() {
    return status == Status.ACCEPTED || status == Status.PENDING;
  }

  /**
   * Returns whether nothing was appended and the same message may be accepted later. {@code false}
   * for accepted messages. Also {@code false} for {@link Status#UNCONFIRMED}: the message may be in
   * the log.
   */
  public boolean isRetryable() {
    return switch (status) {
      case OVERLOADED, TOO_MANY_KEYS, TABLES_FULL, UNAVAILABLE, CLIENT_FULL -> true;
      case ACCEPTED, PENDING, TOO_LARGE, UNCONFIRMED, CLOSED, NO_SUCH_CLIENT, CLIENT_CLOSING ->
          false;
    };
  }

  /**
   * Returns this result if the message was {@linkplain #isAccepted accepted}.
   *
   * @throws PublishException with this result, if it was not
   */
  public PublishResult orThrow() {
    if (!isAccepted()) {
      throw new PublishException(status);
    }
    return this;
  }

  /**
   * Returns the id that the message got, by which clients resume. Empty unless the status is {@link
   * Status#ACCEPTED}.
   */
  public Optional<String> id() {
    return status == Status.ACCEPTED
        ? Optional.of(new MessageId(epoch, offset).toString())
        : Optional.empty();
  }

  /**
   * Returns the final outcome. The stage is complete already, unless this result is {@link
   * Status#PENDING}. It never completes exceptionally, nor with a pending result.
   *
   * <p>Callers cannot complete it: a future that is made of it is a copy. A function that is added
   * to it runs on the thread that settles the result, and must not block. The methods whose names
   * end in {@code Async} run it elsewhere.
   */
  public CompletionStage<PublishResult> settled() {
    return outcome == null
        ? CompletableFuture.completedStage(this)
        : outcome.minimalCompletionStage();
  }

  /** Returns the outcome, and the id if there is one. */
  @Override
  public String toString() {
    return id().map(id -> status + " " + id).orElse(status.toString());
  }
}
