package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.redis.internal.link.Servers;
import java.time.Duration;
import redis.clients.jedis.JedisClientConfig;

/**
 * The options of one node's part in a hub, each within its range. {@code RedisBackboneBuilder} says
 * what they mean. Immutable.
 */
public record EngineOptions(
    String hub,
    HubKeys keys,
    Servers servers,
    JedisClientConfig link,
    int maxEntries,
    Duration maxAge,
    int maxPending,
    long maxPendingBytes,
    Duration pendingDeadline,
    int batch,
    int batchesInFlight,
    Duration startTimeout) {}
