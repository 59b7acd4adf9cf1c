package io.github.signalhub.internal.control;

/**
 * The outcome of something that a client asked for: {@code $ack}, or {@code $error} with a code.
 * Lists all codes of the hub's own. Immutable.
 *
 * @param code why it was not done; {@code null} if it was
 * @param reason the same for people; {@code null} if it was
 * @param answer what a handler of requests answered, as JSON in UTF-8; {@code null} if none did.
 *     Not modified any more
 */
public record Reply(String code, String reason, byte[] answer) {
  /** It was done, and no handler answered it. */
  public static final Reply DONE = new Reply(null, null, null);

  /** A listener or a hook failed. */
  public static final Reply INTERNAL = new Reply("internal", "the application failed");

  /** The answer to a request did not come in time. */
  public static final Reply TIMEOUT =
      new Reply("timeout", "the application did not answer in time");

  /** The request was answered, and the answer is not kept any more. */
  public static final Reply FORGOTTEN =
      new Reply("forgotten", "the request was processed, and its answer is not kept any more");

  /** The nodes of the hub cannot agree on which of them processes the message. */
  public static final Reply UNAVAILABLE =
      new Reply("unavailable", "the message was not processed; send it again later");

  /** The hook, or a revocation, forbids the join. */
  public static final Reply FORBIDDEN = new Reply("forbidden", "this topic may not be joined");

  /** The client, or its user, follows too many topics. */
  public static final Reply TOO_MANY_TOPICS =
      new Reply("too_many_topics", "no more topics can be followed");

  /** Presence has no room for the join. */
  public static final Reply OVERLOADED =
      new Reply("overloaded", "too many users are in too many topics; try again later");

  /** The topic was left while its join waited. */
  public static final Reply LEFT = new Reply("left", "the topic was left before it was joined");

  /** The text is no message that clients may send. */
  public static final Reply UNREADABLE =
      new Reply("invalid", "expected a JSON object with a type that clients may use");

  /** The {@code ref} is none. */
  public static final Reply BAD_REF =
      new Reply("invalid", "expected a ref of 1 to 64 characters or an integer of 64 bits");

  /** The request's topic or id is none. */
  public static final Reply BAD_REQUEST =
      new Reply("invalid", "expected a topic of 1 to 255 bytes, and an id as after if any");

  /** It was not done. */
  public Reply(String code, String reason) {
    this(code, reason, null);
  }

  /**
   * Returns the outcome of a request that was answered.
   *
   * @param json the answer in UTF-8, which belongs to the reply from now on
   */
  public static Reply answered(byte[] json) {
    return new Reply(null, null, json);
  }

  /** Returns how many bytes the answer has; 0 if there is none. */
  public int answerBytes() {
    return answer == null ? 0 : answer.length;
  }

  /**
   * Returns the message that tells a client of it.
   *
   * @param ref which of the client's messages this is about, or {@code null}
   */
  public ControlMessage to(Object ref) {
    return code == null ? ControlMessage.ack(ref, answer) : ControlMessage.error(ref, code, reason);
  }
}
