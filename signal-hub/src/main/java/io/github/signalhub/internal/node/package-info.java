/**
 * The hub as one of several nodes. Others give the messages their offsets, and this node's log
 * follows that order.
 *
 * <p>Invariant: nothing here knows which engine does it, and nothing here waits for it. Read {@link
 * io.github.signalhub.internal.node.Node} first, then {@link
 * io.github.signalhub.internal.node.SharedPresence}.
 */
@NullMarked
package io.github.signalhub.internal.node;

import org.jspecify.annotations.NullMarked;
