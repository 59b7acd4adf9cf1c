package io.github.signalhub.testkit.model;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.testkit.SimulatedClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which topics were taken from which connections and not given back, as the application knows it.
 * Confined to the test's thread.
 */
final class Rights {
  private record Right(String clientId, String topic) {}

  /** That a topic was taken from a client whose handshake is under way. */
  private record Early(SimulatedClient client, int connection, String topic, String newest) {}

  /** Each with the id of the newest message at that time. */
  private final Map<Right, String> revoked = new HashMap<>();

  /** Those that the hub gave no id yet. */
  private final List<Early> early = new ArrayList<>();

  /** Those to be revoked in the middle of the next decision about a join. */
  private final Map<Right, Hub> revokedWhenAsked = new HashMap<>();

  /** Allows every join. Takes the topic away before it says so if the story wants that. */
  boolean decide(Client client, String topic) {
    given(client, topic);
    Hub hub = revokedWhenAsked.remove(new Right(client.id(), topic));
    if (hub != null) {
      revoke(client, topic, hub);
    }
    return true;
  }

  /** The application lets a client follow a topic. */
  void given(Client client, String topic) {
    nameEarly();
    revoked.remove(new Right(client.id(), topic));
  }

  /** The application lets a client follow a topic no more. */
  void revoke(Client client, String topic, Hub hub) {
    client.leave(topic);
    revoked.put(new Right(client.id(), topic), hub.lastId());
  }

  /** Does so in the middle of the next decision about a join of it. */
  void revokeWhenAsked(Client client, String topic, Hub hub) {
    revokedWhenAsked.put(new Right(client.id(), topic), hub);
  }

  /**
   * The application lets a user follow a topic no more.
   *
   * @param clients those of this user that have a connection
   */
  void revoke(String user, String topic, Hub hub, List<SimulatedClient> clients) {
    hub.revoke(user, topic);
    clients.forEach(
        client -> early.add(new Early(client, client.connections(), topic, hub.lastId())));
    nameEarly();
  }

  /** Takes note that no hub knows of anything that was before. */
  void restarted() {
    early.clear();
  }

  /** Checks that nobody follows what was revoked. */
  void check(Hub hub) {
    nameEarly();
    revoked
        .keySet()
        .forEach(
            right ->
                hub.client(right.clientId)
                    .ifPresent(
                        client ->
                            Stage.require(
                                !client.topics().contains(right.topic),
                                "what was revoked is not followed: " + right)));
  }

  /** Checks a message that arrived. */
  void check(String clientId, String topic, String id) {
    nameEarly();
    String newest = revoked.get(new Right(clientId, topic));
    Stage.require(
        newest == null || id.compareTo(newest) <= 0,
        "nothing that is published after a revocation is sent: " + id + " of " + topic);
  }

  private void nameEarly() {
    early.removeIf(
        right -> {
          Optional<String> clientId = right.client.clientId();
          boolean isOver = right.client.connections() != right.connection;
          if (!isOver) {
            clientId.ifPresent(id -> revoked.put(new Right(id, right.topic), right.newest));
          }
          return isOver || clientId.isPresent();
        });
  }
}
