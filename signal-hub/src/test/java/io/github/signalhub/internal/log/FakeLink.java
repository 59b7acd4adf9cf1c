package io.github.signalhub.internal.log;

/** A link without subscribers. */
final class FakeLink extends LogReader.TopicSubscription {
  FakeLink(Topic topic, LogReader reader) {
    super(topic, reader);
  }
}
