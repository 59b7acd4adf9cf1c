package io.github.signalhub.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time of a {@link SimulatedNetwork}. It begins at 2026-01-01T00:00:00Z. Only {@link
 * SimulatedNetwork#runFor} and {@link SimulatedNetwork#runUntil} move it. Pass it to a back end
 * under test as its {@link Clock}, so that it shares the hub's time. Thread-safe.
 */
public final class VirtualClock extends Clock {
  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private final LongSupplier nanos;
  private final ZoneId zone;

  VirtualClock(LongSupplier nanos) {
    this(nanos, ZoneOffset.UTC);
  }

  private VirtualClock(LongSupplier nanos, ZoneId zone) {
    this.nanos = nanos;
    this.zone = zone;
  }

  /** Returns the time since the beginning. */
  public Duration elapsed() {
    return Duration.ofNanos(nanos.getAsLong());
  }

  /** Returns this time as {@code HubBuilder.nanoClock} takes it. */
  public LongSupplier nanoClock() {
    return nanos;
  }

  @Override
  public Instant instant() {
    return BEGINNING.plusNanos(nanos.getAsLong());
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new VirtualClock(nanos, Objects.requireNonNull(zone, "zone"));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VirtualClock clock && clock.nanos == nanos && clock.zone.equals(zone);
  }

  @Override
  public int hashCode() {
    return Objects.hash(nanos, zone);
  }
}
