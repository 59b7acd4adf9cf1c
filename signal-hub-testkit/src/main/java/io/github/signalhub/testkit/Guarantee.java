package io.github.signalhub.testkit;

import io.github.signalhub.PublishResult;
import io.github.signalhub.testkit.Publications.Published;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Checks the hub's promise against the messages that a client received. The client gets the
 * messages of its topics once, in the hub's order. A catch-up comes before live messages. A message
 * may be missing only if a {@code $gap} announced it.
 *
 * <p>The test reports every publication to it. It ignores publications that the hub did not accept.
 *
 * <pre>{@code
 * Guarantee guarantee = new Guarantee(network);
 * guarantee.published("flow:42", hub.topic("flow:42").publish("TICK", 1));
 * network.runFor(Duration.ofMinutes(1));
 * guarantee.checkComplete(client);
 * }</pre>
 *
 * <p>Confined to the thread of its network.
 */
public final class Guarantee {
  private final SimulatedNetwork network;
  private final Publications published;
  private final Optional<SimulatedClient> sender;

  /** Creates a checker without publications. */
  public Guarantee(SimulatedNetwork network) {
    this(Objects.requireNonNull(network, "network"), new Publications(), Optional.empty());
  }

  private Guarantee(
      SimulatedNetwork network, Publications published, Optional<SimulatedClient> sender) {
    this.network = network;
    this.published = published;
    this.sender = sender;
  }

  /**
   * Returns a view of this checker that records messages which are not sent to their sender, such
   * as {@link io.github.signalhub.HubTopic#publishExcept}:
   *
   * <pre>{@code
   * guarantee.except(ann).published("t", hub.topic("t").publishExcept(client, "N", 1));
   * }</pre>
   */
  public Guarantee except(SimulatedClient sender) {
    return new Guarantee(network, published, Optional.of(Objects.requireNonNull(sender, "sender")));
  }

  /** Records a broadcast. */
  public void broadcast(PublishResult result) {
    note("", Optional.empty(), false, result);
  }

  /** Records a message to a user. */
  public void sentToUser(String user, PublishResult result) {
    note(ofUser(user), Optional.empty(), false, result);
  }

  /** Records a message to a topic. */
  public void published(String topic, PublishResult result) {
    note(Objects.requireNonNull(topic, "topic"), Optional.empty(), false, result);
  }

  /** Records a message to a compacted topic. A newer message of the same key supersedes it. */
  public void published(String topic, String key, PublishResult result) {
    note(Objects.requireNonNull(topic, "topic"), Optional.of(key), false, result);
  }

  /** Records the deletion of a key in a compacted topic. Clients that come later may miss it. */
  public void deleted(String topic, String key, PublishResult result) {
    note(Objects.requireNonNull(topic, "topic"), Optional.of(key), true, result);
  }

  /**
   * Records that a compacted topic was {@linkplain io.github.signalhub.HubTopic#clear dropped}.
   * Clients that get a gap for it, or connect later, need not get its keys. For other topics no
   * call is needed: the hub reports the missing messages as a gap.
   */
  public void cleared(String topic) {
    published.drop(Objects.requireNonNull(topic, "topic"));
  }

  /**
   * Records that a compacted topic has an {@linkplain io.github.signalhub.TopicOptions#withKeyAge
   * age of keys}. Clients that start from the oldest entry need not get older keys.
   */
  public void keysAge(String topic, Duration age) {
    published.age(Objects.requireNonNull(topic, "topic"), Objects.requireNonNull(age, "age"));
  }

  /**
   * Records that the application sends a state to each client that joins a topic without one, by a
   * handler of {@link io.github.signalhub.Hub#onJoin}. The state has to come before the topic's
   * messages, and no message may be missing between the two.
   *
   * @param completeUpTo returns the id up to which a message is the state of the topic, as {@link
   *     io.github.signalhub.Hub#lastId} was before the handler read the state; empty for any other
   *     message
   */
  public void initialStates(String topic, Function<Arrival, Optional<String>> completeUpTo) {
    published.states(
        Objects.requireNonNull(topic, "topic"),
        Objects.requireNonNull(completeUpTo, "completeUpTo"));
  }

  /**
   * Checks the messages that a client has received so far.
   *
   * @throws AssertionError if a message is missing, repeated or out of order; the error names the
   *     seed
   */
  public void check(SimulatedClient client) {
    read(client);
  }

  /**
   * Checks that a client has received everything up to the newest message. Call it for a client
   * that was connected and read for long enough.
   *
   * @throws AssertionError as {@link #check}, and if a message is still missing
   */
  public void checkComplete(SimulatedClient client) {
    read(client).finish(published.newest());
  }

  private GuaranteeReader read(SimulatedClient client) {
    GuaranteeReader reader = new GuaranteeReader(client, published, network.toString());
    client.arrivals().forEach(reader::read);
    return reader;
  }

  static String ofUser(String user) {
    return "$user:" + Objects.requireNonNull(user, "user");
  }

  private void note(String topic, Optional<String> key, boolean deletes, PublishResult result) {
    Published message = new Published(key, deletes, network.clock().elapsed(), sender);
    result.id().ifPresent(id -> published.add(topic, id, message));
  }
}
