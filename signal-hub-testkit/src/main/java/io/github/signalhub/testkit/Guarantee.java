package io.github.signalhub.testkit;

import io.github.signalhub.PublishResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

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

  /** Of each topic what was published, by its id; broadcasts have no name. */
  private final Map<String, NavigableMap<String, Published>> published = new HashMap<>();

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
    result
        .id()
        .ifPresent(id -> published.computeIfAbsent(topic, t -> new TreeMap<>()).put(id, message));
  }

  /** What matters of a message: its key, whether it deletes that, and when it was published. */
  record Published(Optional<String> key, boolean deletion, Duration at) {}
}
