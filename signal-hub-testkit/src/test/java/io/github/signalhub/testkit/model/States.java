package io.github.signalhub.testkit.model;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.RefusedException;
import io.github.signalhub.TopicJoin;
import io.github.signalhub.testkit.Arrival;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The application's part in initial states. It sends one at each join, and sometimes publishes to
 * the topic meanwhile or takes it back. It checks that each join is heard of, and its end, once.
 * Confined to the test's thread.
 */
final class States {
  static final String TYPE = "STATE";

  private record Following(String clientId, String topic) {}

  private final Set<Following> following = new HashSet<>();
  private final Rights rights;
  private final Consumer<String> publish;
  private final Consumer<Message> sent;
  private int joins;
  private boolean publishes = true;

  /** What was wrong in a handler, whose exceptions the hub keeps; {@code null}: nothing. */
  private String fault;

  /**
   * Creates an application that sends no state yet.
   *
   * @param publish publishes a message to a topic
   * @param sent takes note of a state
   */
  States(Rights rights, Consumer<String> publish, Consumer<Message> sent) {
    this.rights = rights;
    this.publish = publish;
    this.sent = sent;
  }

  /** Sends a state to each client that joins a topic. */
  void sendAt(Hub hub, String topic) {
    hub.onJoin(topic, (client, join) -> joined(hub, client, join));
    hub.onLeave(
        topic,
        (client, left) ->
            expect(
                following.remove(new Following(client.id(), left)),
                "a leave is heard of once, and of a join that was heard of: " + left));
  }

  /** Returns the id up to which an arrival is the state of a topic for a client without one. */
  static Optional<String> completeUpTo(String topic, Arrival arrival) {
    boolean isFirst = isOf(topic, arrival) && arrival.member("after").isEmpty();
    return isFirst ? arrival.member("upTo").map(String.class::cast) : Optional.empty();
  }

  /** Returns whether an arrival is what the handler of a topic's joins sent. */
  static boolean isOf(String topic, Arrival arrival) {
    return arrival.type().equals(TYPE) && arrival.member("of").equals(Optional.of(topic));
  }

  /**
   * Publishes to no topic from now on. Clients may come back at any time, and rows that are
   * published then are not old at the end.
   */
  void publishNoMore() {
    publishes = false;
  }

  /** Checks what was heard of so far. */
  void check() {
    Stage.require(fault == null, fault);
  }

  /** Checks that the end of every join was heard of, because all clients are gone. */
  void end() {
    check();
    Stage.require(following.isEmpty(), "each join has its end: " + following);
  }

  private void joined(Hub hub, Client client, TopicJoin join) {
    String topic = join.topic();
    expect(following.add(new Following(client.id(), topic)), "a join is heard of once: " + topic);
    String upTo = hub.lastId();
    joins++;
    if (publishes && joins % 3 == 0) {
      publish.accept(topic);
    }
    if (joins % 7 == 0) {
      rights.revoke(client, topic, hub);
    }
    String kind = join.after().isPresent() ? "after" : "first";
    Message state = Message.of(TYPE, Map.of("of", topic, "upTo", upTo, kind, upTo));
    if (!client.send(state).isAccepted()) {
      throw new RefusedException("no room for a state");
    }
    sent.accept(state);
    if (publishes && joins % 4 == 0) {
      publish.accept(topic);
    }
  }

  private void expect(boolean holds, String rule) {
    fault = fault == null && !holds ? rule : fault;
  }
}
