package io.github.signalhub.internal.log;

/** A reader that records its wake-ups, and offers on request. */
final class FakeReader extends LogReader {
  FakeLink link;
  int scheduled;

  /** Returns a reader that is registered with a log and follows one topic. */
  static FakeReader of(HubLog log, String topic) {
    FakeReader reader = new FakeReader();
    log.add(reader);
    reader.link = log.link(topic, found -> new FakeLink(found, reader));
    return reader;
  }

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
