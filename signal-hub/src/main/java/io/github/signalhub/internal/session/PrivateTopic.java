package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.HubLog;

/**
 * What is sent to one session alone: a topic that nobody else knows, created on first use and ended
 * with the session. Thread-safe.
 */
final class PrivateTopic {
  private final Session session;
  private Subscribers link;
  private boolean closed;

  PrivateTopic(Session session) {
    this.session = session;
  }

  long append(byte[] json) {
    Subscribers open;
    synchronized (this) {
      if (closed) {
        return HubLog.CLOSED;
      }
      if (link == null) {
        link = create();
      }
      open = link;
    }
    return session.shard.log.append(open.topic(), json);
  }

  synchronized void close() {
    closed = true;
    if (link != null) {
      session.shard.log.unlink(link);
    }
  }

  private Subscribers create() {
    return session.shard.log.linkPrivate(
        Session.privateTopic(session.clientId()),
        session::position,
        topic -> {
          Subscribers subscribers = new Subscribers(topic, session.shard);
          subscribers.add(new Subscription(session, subscribers));
          return subscribers;
        });
  }
}
