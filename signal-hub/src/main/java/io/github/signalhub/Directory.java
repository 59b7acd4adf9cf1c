package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.session.Shard;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The connected clients: all, and those of a topic or of a user. The event loops know the clients
 * of a topic, because they send its messages. So a question about one takes time in proportion to
 * its clients, and there is no second index. Thread-safe.
 */
final class Directory {
  private final HubLog log;
  private final Map<String, Client> all;
  private final Collection<Shard> shards;

  /**
   * Creates a view.
   *
   * @param all the connected clients by their ids, live
   * @param shards the clients of each event loop, live
   */
  Directory(HubLog log, Map<String, Client> all, Collection<Shard> shards) {
    this.log = log;
    this.all = all;
    this.shards = shards;
  }

  /** Returns the clients that follow a topic; a snapshot, unmodifiable. */
  List<Client> ofTopic(String topic) {
    Set<String> ids = new LinkedHashSet<>();
    shards.forEach(shard -> shard.changing(ids)); // first: a join leaves these for the followers
    Shard.followers(log, topic, ids);
    return connected(ids).filter(client -> client.follows(topic)).toList();
  }

  /** Returns the clients of a user; a snapshot, unmodifiable. */
  List<Client> ofUser(String user) {
    Set<String> ids = new LinkedHashSet<>();
    Shard.followers(log, TopicNames.ofUser(user), ids); // each follows it from its beginning on
    Optional<String> wanted = Optional.of(user);
    return connected(ids).filter(client -> client.user().equals(wanted)).toList();
  }

  private Stream<Client> connected(Set<String> ids) {
    return ids.stream().map(all::get).filter(Objects::nonNull);
  }
}
