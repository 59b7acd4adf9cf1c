package io.github.signalhub.internal.log;

/** A link without subscribers. */
final class FakeLink extends TopicLink {
  FakeLink(Topic topic, Reader reader) {
    super(topic, reader);
  }
}
