/**
 * Tests of the guarantee over real sockets. A proxy breaks links by a seed. Clients compare every
 * message with the published ones. The same is done with the hook in Node and in Chromium. The
 * ordinary build takes a few seconds for it. The profile {@code chaos} runs it at full length.
 *
 * <p>Read {@link io.github.signalhub.interop.chaos.LinkPlan} first. It lists the faults of links.
 */
package io.github.signalhub.interop.chaos;
