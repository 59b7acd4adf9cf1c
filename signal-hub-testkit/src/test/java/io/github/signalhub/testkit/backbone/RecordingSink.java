package io.github.signalhub.testkit.backbone;

import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Sink;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls of a backbone as texts. Thread-safe. */
final class RecordingSink implements Sink {
  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<Long> epochs = new CopyOnWriteArrayList<>();
  volatile boolean full;
  private final String format;

  RecordingSink() {
    this("format");
  }

  RecordingSink(String format) {
    this.format = format;
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public boolean apply(Placed next) {
    if (full) {
      return false;
    }
    calls.add(text(next));
    return true;
  }

  @Override
  public void restart(long epoch, long base, long floor, List<Placed> rows, boolean isFirst) {
    epochs.add(epoch);
    List<String> texts = rows.stream().map(RecordingSink::text).toList();
    calls.add("restart " + base + " " + floor + " " + texts + (isFirst ? " first" : ""));
  }

  private static String text(Placed placed) {
    return placed.offset()
        + " "
        + placed.kind()
        + " "
        + placed.topic()
        + " "
        + placed.key()
        + " "
        + new String(placed.body(), StandardCharsets.UTF_8);
  }
}
