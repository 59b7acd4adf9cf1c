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
 * The topics that the application took from connections and did not give back. Confined to the
 * test's thread.
 */
final class Rights {
  private record Right(String clientId, String topic) {}

  /** A topic that was taken from a client whose handshake is in transit. */
  private record Early(SimulatedClient client, int connection, String topic, String newest) {}

  /** The revoked rights, each with the id of the newest message at that time. */
  private final Map<Right, String> revoked = new HashMap<>();

  /** The revoked rights of clients without an id so far. */
  private final List<Early> early = new ArrayList<>();

  /** The rights to revoke during the next decision about a join. */
  private final Map<Right, Hub> revokedWhenAsked = new HashMap<>();

  /** Allows every join. Before that, it takes the topic away if the story requests it. */
  boolean decide(Client client, String topic) {
    given(client, topic);
    Hub hub = revokedWhenAsked.remove(new Right(client.id(), topic));
    if (hub != null) {
      revoke(client, topic, hub);
    }
    return true;
  }

  /** Records that the application lets a client follow a topic. */
  void given(Client client, String topic) {
    nameEarly();
    revoked.remove(new Right(client.id(), topic));
  }

  /** Takes a topic from a client. */
  void revoke(Client client, String topic, Hub hub) {
    client.leave(topic);
    revoked.put(new Right(client.id(), topic), hub.lastId());
  }

  /** Takes a topic from a client during the next decision about its join. */
  void revokeWhenAsked(Client client, String topic, Hub hub) {
    revokedWhenAsked.put(new Right(client.id(), topic), hub);
  }

  /**
   * Takes a topic from a user.
   *
   * @param clients the connected clients of this user
   */
  void revoke(String user, String topic, Hub hub, List<SimulatedClient> clients) {
    hub.user(user).leave(topic);
    clients.forEach(
        client -> early.add(new Early(client, client.connections(), topic, hub.lastId())));
    nameEarly();
  }

  /** Records a restart: the new hub knows nothing of earlier revocations. */
  void restarted() {
    early.clear();
  }

  /** Checks that no client follows a revoked topic. */
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
                                "a revoked topic is not followed: " + right)));
  }

  /** Checks a message that arrived. */
  void check(String clientId, String topic, String id) {
    nameEarly();
    String newest = revoked.get(new Right(clientId, topic));
    Stage.require(
        newest == null || id.compareTo(newest) <= 0,
        "a message published after a revocation is not sent: " + id + " of " + topic);
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
