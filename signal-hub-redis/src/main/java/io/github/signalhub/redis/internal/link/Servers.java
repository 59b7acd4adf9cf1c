package io.github.signalhub.redis.internal.link;

import java.util.List;
import redis.clients.jedis.HostAndPort;

/** Tells where a hub's master may be. Thread-safe. */
public interface Servers {
  /**
   * Returns the addresses at which the master may be now, the likeliest first. Asks others if it
   * has to.
   *
   * @throws redis.clients.jedis.exceptions.JedisException if nobody knows
   */
  List<HostAndPort> candidates();
}
