package io.github.signalhub;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.presence.Presence;
import io.github.signalhub.internal.refs.Reply;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The listeners of a hub, each kept from the others' failures. Thread-safe. */
final class Listeners implements Presence.Audience {
  private final List<HubListener> listeners = new CopyOnWriteArrayList<>();
  private final Counters counters;

  Listeners(Counters counters) {
    this.counters = counters;
  }

  void add(HubListener listener) {
    listeners.add(listener);
  }

  boolean acceptBinary() {
    return listeners.stream().anyMatch(this::acceptsBinary);
  }

  /** Returns whether a listener takes binary messages; one that fails takes none. */
  boolean acceptsBinary(HubListener listener) {
    try {
      return listener.acceptsBinary();
    } catch (Throwable e) { // it runs on an event loop
      failed("A listener failed", e);
      return false;
    }
  }

  /** Calls every listener, whatever the others throw. */
  void each(Consumer<HubListener> call) {
    for (HubListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable e) { // other languages throw what Java checks
        failed("A listener failed", e);
      }
    }
  }

  /**
   * Calls every listener with a message, whatever the others throw.
   *
   * @return what the first that threw makes of it, else that it was processed
   */
  Reply process(Client client, Message message) {
    Reply reply = Reply.DONE;
    for (HubListener listener : listeners) {
      Reply own = process(listener, client, message);
      reply = reply == Reply.DONE ? own : reply;
    }
    return reply;
  }

  @Override
  public void present(String topic, String user) {
    each(listener -> listener.onPresent(topic, user));
  }

  @Override
  public void absent(String topic, String user) {
    each(listener -> listener.onAbsent(topic, user));
  }

  /** Counts and logs a failure of application code, or of its executor. */
  @Override
  public void failed(String what, Throwable cause) {
    counters.failedCallbacks.increment();
    HubLogger.HUB.log(Level.WARNING, what, cause);
  }

  private Reply process(HubListener listener, Client client, Message message) {
    try {
      listener.onMessage(client, message);
      return Reply.DONE;
    } catch (RefusedException e) {
      return new Reply(e.code(), e.reason());
    } catch (Throwable e) { // other languages throw what Java checks
      failed("A listener failed", e);
      return Reply.INTERNAL;
    }
  }
}
