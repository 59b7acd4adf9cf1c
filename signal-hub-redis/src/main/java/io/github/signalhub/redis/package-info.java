/**
 * Several nodes, one hub: a backbone over one Redis or Valkey. A client may be connected to any
 * node. It sees what all nodes publish, in one order, and goes on at another node with the id that
 * it has.
 *
 * <p>Each node gets a {@link io.github.signalhub.redis.RedisBackbone} with the same name of the
 * hub. The first node that starts creates the hub:
 *
 * <pre>{@code
 * Backbone backbone = RedisBackbone.of("redis://10.0.0.5:6379", "orders");
 * }</pre>
 *
 * <p>Redis keeps the order: one stream, to which a script appends. A publication is handed over and
 * settles a moment later, when it comes back in the stream. So the nodes' logs are the same, and an
 * id names one message on all of them.
 *
 * <p><b>When a node ends</b>, the others miss nothing. Its clients connect to them, and go on.
 *
 * <p><b>When a link is cut</b>, the node connects again. What may have been lost on the way is sent
 * again, and the script drops what it has already. Clients notice nothing.
 *
 * <p><b>When Redis was restarted, emptied, or failed over</b>, it may have lost publications that
 * were seen. The first node that notices it begins a new epoch. All nodes tell their clients by a
 * gap, and nobody connects again. Rows of tables that Redis still has are published anew. What was
 * on its way settles as unconfirmed.
 *
 * <p><b>While Redis is away</b>, publications wait, for ten seconds by default. Then they settle as
 * unavailable.
 *
 * <p>Needs Redis 6.2 or later, or Valkey. A hub is all in one slot, so a cluster spreads hubs and
 * not the messages of one. Let Redis evict nothing ({@code maxmemory-policy noeviction}). A user
 * with an access control list needs the keys <code>~sh:{orders}:*</code>; if a right is missing,
 * the start fails and names the command that gives it.
 *
 * <p>Read {@link io.github.signalhub.redis.RedisBackboneBuilder} for the options. The packages
 * below {@code internal} are not exported. Of these, read {@code internal.engine} first.
 */
@NullMarked
package io.github.signalhub.redis;

import org.jspecify.annotations.NullMarked;
