package io.github.signalhub.redis.internal.engine;

import redis.clients.jedis.HostAndPort;

/**
 * Says that the tail and a server agree about the hub, so that the publisher may use this server.
 * Immutable; two are never equal.
 */
final class Agreement {
  final HostAndPort address;

  Agreement(HostAndPort address) {
    this.address = address;
  }
}
