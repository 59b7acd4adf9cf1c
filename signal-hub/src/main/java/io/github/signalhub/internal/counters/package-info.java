/**
 * Counters that have names: one for each of some keys that are known before.
 *
 * <p>Invariant: their number is fixed when they are made. This room imports no other.
 *
 * <p>Read {@link io.github.signalhub.internal.counters.Counters} first.
 */
package io.github.signalhub.internal.counters;
