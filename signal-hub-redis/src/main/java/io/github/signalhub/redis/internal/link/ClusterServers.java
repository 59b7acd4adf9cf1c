package io.github.signalhub.redis.internal.link;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Asks the nodes of a cluster which of them has the slot of a hub. They are asked anew for each
 * link, so a redirection needs no more than a new link. Every node that was ever seen is asked, the
 * latest first, so the first addresses may disappear. Thread-safe.
 */
public final class ClusterServers implements Servers {
  private final int slot;
  private final List<HostAndPort> seeds;
  private final JedisClientConfig config;
  private volatile List<HostAndPort> seen = List.of();

  /**
   * Creates one.
   *
   * @param key a key of the hub; all are in one slot
   * @param config how nodes are connected to
   */
  public ClusterServers(String key, List<HostAndPort> seeds, JedisClientConfig config) {
    this.slot = JedisClusterCRC16.getSlot(key);
    this.seeds = seeds;
    this.config = config;
  }

  @Override
  public List<HostAndPort> candidates() {
    Set<HostAndPort> nodes = new LinkedHashSet<>(seen);
    nodes.addAll(seeds);
    JedisException failure =
        new JedisConnectionException("no node of " + nodes + " knows the master of slot " + slot);
    for (HostAndPort node : nodes) {
      try (RedisLink link = new RedisLink(node, config)) {
        List<HostAndPort> owners = owners((List<?>) link.call(Command.CLUSTER, "SLOTS"), node);
        if (!owners.isEmpty()) {
          return owners;
        }
      } catch (JedisException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  /** Reads {@code CLUSTER SLOTS}: ranges with their first slot, their last, and their nodes. */
  private List<HostAndPort> owners(List<?> ranges, HostAndPort asked) {
    List<HostAndPort> owners = new ArrayList<>();
    Set<HostAndPort> all = new LinkedHashSet<>();
    for (Object each : ranges) {
      List<?> range = (List<?>) each;
      for (int i = 2; i < range.size(); i++) {
        all.add(address((List<?>) range.get(i), asked));
      }
      if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
        owners.add(address((List<?>) range.get(2), asked)); // the master comes first
      }
    }
    seen = List.copyOf(all);
    return owners;
  }

  /** Returns the address of a node. A node that does not know its own name leaves it out. */
  private static HostAndPort address(List<?> node, HostAndPort asked) {
    String host =
        node.get(0) == null ? "" : new String((byte[]) node.get(0), StandardCharsets.UTF_8);
    int port = ((Long) node.get(1)).intValue();
    return new HostAndPort(host.isEmpty() ? asked.getHost() : host, port);
  }
}
