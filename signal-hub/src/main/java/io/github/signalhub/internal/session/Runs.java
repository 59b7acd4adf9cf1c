package io.github.signalhub.internal.session;

import io.github.signalhub.spi.WireForm;
import java.util.List;

/**
 * The runs of one slice of a shard. Sessions at the same place follow one another, so few are
 * enough. A new run takes the place of the one that was used longest ago. Confined to the shard's
 * loop.
 */
final class Runs {
  /** Most slices need one; others have several wire forms, topics, or horizons. */
  private static final int MOST = 4;

  private final Merge merge;
  private final Run[] runs = new Run[MOST]; // used last first; null until needed
  private int filled;

  /**
   * Creates a place for runs.
   *
   * @param merge finds the entries of a new run
   */
  Runs(Merge merge) {
    this.merge = merge;
  }

  /**
   * Returns the run for a place of the log.
   *
   * @param after the offset after which it begins
   * @param limit the last offset that may be in it
   * @param dirty the topics, which are the same for all sessions at this place
   * @return {@code null} if not even the first entry can be shared
   */
  Run at(long after, long limit, WireForm form, List<Subscription> dirty) {
    int i = 0;
    while (i < filled && !runs[i].isOf(after, limit, form, dirty)) {
      i++;
    }
    if (i == filled) {
      filled = Math.min(filled + 1, MOST);
      i = filled - 1;
      runs[i] = runs[i] == null ? new Run() : runs[i];
      runs[i].fill(merge, after, limit, form, dirty);
    }
    Run run = runs[i];
    System.arraycopy(runs, 0, runs, 1, i);
    runs[0] = run;
    return run.isEmpty() ? null : run;
  }

  /**
   * Forgets all runs. Otherwise messages could be sent that the application has dropped meanwhile.
   */
  void clear() {
    while (filled > 0) {
      runs[--filled].clear();
    }
  }
}
