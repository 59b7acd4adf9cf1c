package io.github.signalhub.testkit;

import io.github.signalhub.PublishResult;
import io.github.signalhub.testkit.Publications.Published;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What the hub promises, checked against what a client got: the messages of its topics in the hub's
 * one order, a catch-up before what is live, none missing but those that a {@code $gap} told of,
 * none twice.
 *
 * <p>Tell it of everything that is published; it takes note of what was accepted.
 *
 * <pre>{@code
 * Guarantee guarantee = new Guarantee(network);
 * guarantee.published("flow:42", hub.publish("flow:42", "TICK", 1));
 * network.runFor(Duration.ofMinutes(1));
 * guarantee.checkComplete(client);
 * }</pre>
 *
 * <p>Confined to the thread of its network.
 */
public final class Guarantee {
  private final SimulatedNetwork network;

  private final Publications published = new Publications();
  private Optional<String> newest = Optional.empty();

  /** Creates a checker that knows of nothing published. */
  public Guarantee(SimulatedNetwork network) {
    this.network = Objects.requireNonNull(network, "network");
  }

  /** Takes note of a broadcast. */
  public void broadcast(PublishResult result) {
    note("", Optional.empty(), false, result);
  }

  /** Takes note of a message to a user. */
  public void sentToUser(String user, PublishResult result) {
    note(ofUser(user), Optional.empty(), false, result);
  }

  /** Takes note of a message to a topic. */
  public void published(String topic, PublishResult result) {
    note(Objects.requireNonNull(topic, "topic"), Optional.empty(), false, result);
  }

  /** Takes note of a message to a compacted topic, where a newer one of its key supersedes it. */
  public void published(String topic, String key, PublishResult result) {
    note(Objects.requireNonNull(topic, "topic"), Optional.of(key), false, result);
  }

  /** Takes note of the deletion of a key in a compacted topic, which who comes later may miss. */
  public void deleted(String topic, String key, PublishResult result) {
    note(Objects.requireNonNull(topic, "topic"), Optional.of(key), true, result);
  }

  /**
   * Takes note that a compacted topic was {@linkplain io.github.signalhub.Hub#dropTopic dropped}:
   * its keys need not come to clients that are told so, or come later. Of other topics nothing need
   * be said: what a client was not sent is a gap like any other.
   */
  public void dropped(String topic) {
    published.drop(Objects.requireNonNull(topic, "topic"));
  }

  /**
   * Takes note that a compacted topic has an {@linkplain
   * io.github.signalhub.TopicOptions#withKeyAge age of keys}: older keys need not come to clients
   * that begin anew.
   */
  public void keysAge(String topic, Duration age) {
    published.age(Objects.requireNonNull(topic, "topic"), Objects.requireNonNull(age, "age"));
  }

  /**
   * Checks what a client got so far.
   *
   * @throws AssertionError if something is missing, came twice or in the wrong order; its message
   *     names the seed
   */
  public void check(SimulatedClient client) {
    read(client);
  }

  /**
   * Checks that a client got everything that it was to get, to the newest message: for a client
   * that was connected and read for long enough.
   *
   * @throws AssertionError as {@link #check}, and if something is still missing
   */
  public void checkComplete(SimulatedClient client) {
    read(client).finish(newest);
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
    Published message = new Published(key, deletes, network.clock().elapsed());
    newest = result.id().or(() -> newest);
    result.id().ifPresent(id -> published.add(topic, id, message));
  }
}
