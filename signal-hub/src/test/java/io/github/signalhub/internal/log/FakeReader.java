package io.github.signalhub.internal.log;

/** A reader that says when it is woken, and offers when it is told to. */
final class FakeReader extends Reader {
  FakeLink link;
  int scheduled;

  @Override
  protected boolean schedule() {
    boolean asleep = scheduled == 0;
    scheduled = 1;
    return asleep;
  }

  void offer(long offset) {
    scheduled = 0;
    takeFlagged(taken -> {});
    offered(offset);
  }
}
