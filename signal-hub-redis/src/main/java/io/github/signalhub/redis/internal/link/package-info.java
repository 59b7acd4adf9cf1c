/**
 * Where the master is, and one link to it. Jedis speaks the protocol, with TLS and users.
 *
 * <p>Invariant: a link that ended is never opened again, and nothing is sent twice. Who decides
 * what to send again, and where, is the room {@code engine}. No message of this room has a
 * password.
 *
 * <p>Read {@link io.github.signalhub.redis.internal.link.RedisLink} first.
 */
package io.github.signalhub.redis.internal.link;
