package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A control message that waits to be sent to one session. It is not in the log. Its text is made
 * when it is taken, so that it says what is true then. Confined to the session's loop.
 */
interface Control {
  /** Returns the message's JSON text in UTF-8. Called once. */
  byte[] json();

  /**
   * Returns whether this is a reply: it answers the peer, or it comes as often as the peer likes.
   * While a peer does not read its replies, the peer is not read from.
   */
  default boolean isReply() {
    return false;
  }

  /**
   * Returns a reply.
   *
   * @param type its type, which begins with {@code $}
   * @param payload its payload; not modified any more
   */
  static Control reply(String type, Map<String, Object> payload) {
    return new Message(type, payload, true);
  }

  /**
   * Returns {@code $hello}: the first message to a client that asked for control messages.
   *
   * @param clientId the client's id
   * @param start the id after which the client begins
   * @param resumed whether the client goes on after the id that it named, without a gap
   * @param topics the names of the topics that the client follows
   * @param syncMs how often to expect {@code $sync}, in milliseconds; 0: never
   * @param catchUps the topics that begin elsewhere, each with the id to begin after
   */
  static Control hello(
      String clientId,
      String start,
      boolean resumed,
      List<String> topics,
      long syncMs,
      Map<String, String> catchUps) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("clientId", clientId);
    payload.put("id", start);
    payload.put("resumed", resumed);
    payload.put("topics", topics);
    payload.put("syncMs", syncMs);
    if (!catchUps.isEmpty()) {
      payload.put("catchUps", catchUps);
    }
    return new Message("$hello", payload, false);
  }

  /**
   * Returns {@code $joined}: a catch-up of a topic begins.
   *
   * @param after the id after which the catch-up begins
   * @param upTo the id of its end
   */
  static Control joined(CatchUp catchUp, String after, String upTo) {
    Map<String, Object> payload = payload(catchUp.subscription().topic());
    payload.put("after", after);
    payload.put("upTo", upTo);
    if (catchUp.ref() != null) {
      payload.put("ref", catchUp.ref());
    }
    return new Message("$joined", payload, catchUp.isReply());
  }

  /** Returns {@code $sync}: everything up to an id has been sent. */
  static Control sync(String id) {
    return new Message("$sync", Map.of("id", id), false);
  }

  /** Returns a payload that names a topic, unless it is one whose name peers never see. */
  private static Map<String, Object> payload(Topic topic) {
    Map<String, Object> payload = new LinkedHashMap<>();
    if (!topic.isInternal()) {
      payload.put("topic", topic.name());
    }
    return payload;
  }

  /** A control message whose text is known. */
  record Message(String type, Map<String, Object> payload, boolean isReply) implements Control {
    @Override
    public byte[] json() {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("type", type);
      message.put("payload", payload);
      return Json.writeBytes(message);
    }
  }

  /**
   * {@code $gap}: messages of a topic between two ids, both exclusive, may be missing. While it
   * waits, further losses of its topic widen it, so the subscription knows what is missing, and a
   * session holds at most one per topic. The client of a compacted topic is to forget everything,
   * because its state follows.
   */
  record Gap(Subscription subscription, long epoch) implements Control {
    @Override
    public byte[] json() {
      Subscription.Missing missing = subscription.missing;
      subscription.missing = null;
      Map<String, Object> payload = Control.payload(subscription.topic());
      payload.put("after", missing.after());
      payload.put("next", new MessageId(epoch, missing.upTo() + 1).toString());
      if (subscription.topic().isCompacted()) {
        payload.put("reset", true);
      }
      return new Message("$gap", payload, false).json();
    }
  }
}
