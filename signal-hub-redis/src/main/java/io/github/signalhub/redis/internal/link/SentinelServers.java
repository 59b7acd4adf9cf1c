package io.github.signalhub.redis.internal.link;

import java.nio.charset.StandardCharsets;
import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Asks sentinels which server is the master. They are asked anew for each link, in their order,
 * until one knows. Thread-safe.
 */
public final class SentinelServers implements Servers {
  private final String masterName;
  private final List<HostAndPort> sentinels;
  private final JedisClientConfig config;

  /**
   * Creates one.
   *
   * @param config how sentinels are connected to
   */
  public SentinelServers(String masterName, List<HostAndPort> sentinels, JedisClientConfig config) {
    this.masterName = masterName;
    this.sentinels = sentinels;
    this.config = config;
  }

  @Override
  public List<HostAndPort> candidates() {
    JedisException failure =
        new JedisConnectionException(
            "no sentinel of " + sentinels + " knows a master named '" + masterName + "'");
    for (HostAndPort sentinel : sentinels) {
      try (RedisLink link = new RedisLink(sentinel, config)) {
        Object answer = link.call(Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", masterName);
        if (answer instanceof List<?> address) {
          return List.of(
              new HostAndPort(text(address.get(0)), Integer.parseInt(text(address.get(1)))));
        }
      } catch (JedisException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }
}
