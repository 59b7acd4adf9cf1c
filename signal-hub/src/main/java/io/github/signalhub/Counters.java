package io.github.signalhub;

import java.util.concurrent.atomic.LongAdder;

/** What a hub counts. Thread-safe. */
final class Counters {
  final LongAdder connected = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder ignored = new LongAdder();
  final LongAdder failedCallbacks = new LongAdder();
}
