package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.internal.counters.Counters;
import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.ws.PartialMessageBudget;
import io.github.signalhub.spi.Registrar;

/**
 * The things that all WebSocket links of a server share. Thread-safe.
 *
 * @param options of all links
 * @param registrar where links are registered
 * @param compression makes the wire forms
 * @param memory for messages that are not complete
 * @param refusals counts what is refused because there is too much
 * @param limits counts the limits that are reached
 */
public record LinkContext(
    LinkOptions options,
    Registrar registrar,
    Compression compression,
    PartialMessageBudget memory,
    Refusals refusals,
    Counters<Limit> limits) {

  /**
   * Returns the context of the links of one server.
   *
   * @param loops how many event loops there are
   */
  public static LinkContext of(
      LinkOptions options, Registrar registrar, Capacity capacity, int loops) {
    return new LinkContext(
        options,
        registrar,
        new Compression(options.compressFromBytes(), loops, options.maxCompressionWindowBytes()),
        new PartialMessageBudget(options.maxUnfinishedBytes()),
        capacity.refusals(),
        capacity.counts().limits());
  }

  /** Returns how many bytes the messages that are not complete hold. */
  public long unfinishedBytes() {
    return memory.heldBytes();
  }
}
