/**
 * Several hubs that are one, without a server: an engine in memory, and the backbones of its nodes.
 *
 * <p>Start with {@link io.github.signalhub.testkit.backbone.MemoryEngine}. It works in real time,
 * or in the virtual time of a {@link io.github.signalhub.testkit.SimulatedNetwork} with faults from
 * its seed. It is also the reference of what an engine does: {@code History} is what it keeps,
 * {@code EngineServer} the requests that it answers, and {@code MemoryBackbone} what a node does
 * with the answers.
 *
 * <p>Without a network, an engine has one thread. No other class here starts one.
 */
@NullMarked
package io.github.signalhub.testkit.backbone;

import org.jspecify.annotations.NullMarked;
