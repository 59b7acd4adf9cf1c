/**
 * Figures that a program shows to its monitoring: each has a name, a unit, a kind and a text.
 *
 * <p>{@code Hub.metrics} returns those of a hub, and a carrier those of its own. {@link
 * io.github.signalhub.metrics.PrometheusText} writes them in the text format of Prometheus.
 *
 * <p>Invariant: the number of metrics is fixed when a hub or a carrier is made. No label is named
 * by a peer, a topic or a user. It imports no other package. Read {@link
 * io.github.signalhub.metrics.Metric} first.
 */
@NullMarked
package io.github.signalhub.metrics;

import org.jspecify.annotations.NullMarked;
