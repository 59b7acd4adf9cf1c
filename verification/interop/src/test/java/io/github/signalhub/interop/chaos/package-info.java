/**
 * The guarantee over real sockets: a proxy that ruins links by a seed, clients that hold every
 * message they get against what was published, and the same with the hook in Node and in Chromium.
 * A few seconds in the ordinary build; the profile {@code chaos} runs all of it at full length.
 *
 * <p>Read {@link io.github.signalhub.interop.chaos.LinkPlan} first: it says what may happen to a
 * link.
 */
package io.github.signalhub.interop.chaos;
