/**
 * Several hubs that share an engine in memory: what their clients and their applications see. Read
 * {@link io.github.signalhub.testkit.nodes.TwoNodes} first. {@link
 * io.github.signalhub.testkit.nodes.NodesStory} lets the engine, the hubs and the links fail.
 */
@NullMarked
package io.github.signalhub.testkit.nodes;

import org.jspecify.annotations.NullMarked;
