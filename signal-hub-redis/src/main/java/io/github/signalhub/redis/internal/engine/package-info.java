/**
 * One node's part in a hub: a publisher hands over, a tail reads what all nodes published.
 *
 * <p>The scripts of this room hold the rules that all nodes share. A batch is appended only to the
 * epoch that its node knows, on a server that lost nothing since that epoch began, and once. The
 * tail alone owns what the node knows of the hub, and alone calls the sink. It alone decides which
 * server the node uses. A publisher that doubts it cuts the tail's link, and waits until the tail
 * has looked again.
 *
 * <p>Invariant: what may have been sent is sent again within its epoch only.
 *
 * <p>Read {@link io.github.signalhub.redis.internal.engine.Tail} first, then {@code publish.lua}
 * and {@code join.lua}.
 */
package io.github.signalhub.redis.internal.engine;
