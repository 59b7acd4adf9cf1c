package io.github.signalhub.testkit.model;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import java.util.HashMap;
import java.util.Map;

/**
 * Which topics were taken from which connections and not given back, as the application knows it.
 * Confined to the test's thread.
 */
final class Rights {
  private record Right(String clientId, String topic) {}

  /** Each with the id of the newest message at that time. */
  private final Map<Right, String> revoked = new HashMap<>();

  /** Those to be revoked in the middle of the next decision about a join. */
  private final Map<Right, Hub> revokedWhenAsked = new HashMap<>();

  /** Allows every join, and takes the topic away before it says so if that was wished for. */
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

  /** Checks that nobody follows what was revoked. */
  void check(Hub hub) {
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
    String newest = revoked.get(new Right(clientId, topic));
    Stage.require(
        newest == null || id.compareTo(newest) <= 0,
        "nothing that is published after a revocation is sent: " + id + " of " + topic);
  }
}
