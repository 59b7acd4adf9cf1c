package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.inbound.ClientHandler;
import io.github.signalhub.internal.inbound.Outcome;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.presence.Presence;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * The application: the listeners of a hub, each kept from the others' failures, the handlers of
 * requests, and the hook that authorizes joins. Counts the calls and the exceptions. Thread-safe.
 */
final class Listeners implements Presence.Audience {
  private final List<Added> listeners = new CopyOnWriteArrayList<>();
  private final List<OfTopic<TopicJoin>> joinHandlers = new CopyOnWriteArrayList<>();
  private final List<OfTopic<String>> leaveHandlers = new CopyOnWriteArrayList<>();
  private final Payloads payloads;
  private final RequestHandlers requests;
  private final Optional<BiPredicate<? super Client, ? super String>> joins;
  private final LongAdder received = new LongAdder();
  private final LongAdder ignored = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /**
   * Creates a set without listeners.
   *
   * @param joins the hook; empty: no client may join by itself
   * @param payloads how listeners read payloads
   * @param maxAnswerBytes the most bytes of the answer to a request
   */
  Listeners(
      Optional<BiPredicate<? super Client, ? super String>> joins,
      Payloads payloads,
      int maxAnswerBytes) {
    this.joins = joins;
    this.payloads = payloads;
    this.requests = new RequestHandlers(payloads, maxAnswerBytes, this::failed);
  }

  /** Returns the handlers of requests. */
  RequestHandlers requests() {
    return requests;
  }

  ListenerHandle add(HubListener listener) {
    return add(new Added(listener, true));
  }

  /** Adds the log of connections, which hears of them while it is turned on. */
  void addLog(HubListener log) {
    add(new Added(log, false));
  }

  /** Adds a handler of messages. */
  ListenerHandle add(BiConsumer<? super Client, ? super Message> handler) {
    HubListener listener =
        new HubListener() {
          @Override
          public void onMessage(Client client, Message message) {
            handler.accept(client, message);
          }
        };
    return add(new Added(listener, false));
  }

  private ListenerHandle add(Added added) {
    listeners.add(added);
    return () -> listeners.remove(added);
  }

  /** Adds a listener for messages of one type, as objects of a class. */
  <T> ListenerHandle add(
      String type, Class<T> payload, BiConsumer<? super Client, ? super T> handler) {
    payloads.checkReadable(payload);
    return add(
        (client, message) -> {
          if (message.type().equals(type)) {
            handler.accept(client, message.payloadAs(payload));
          }
        });
  }

  /** Adds a handler for joins of topics. */
  ListenerHandle addJoins(
      TopicPattern topics, BiConsumer<? super Client, ? super TopicJoin> handler) {
    return addTo(joinHandlers, new OfTopic<>(topics, handler));
  }

  /** Adds a handler for the ends of joins. */
  ListenerHandle addLeaves(
      TopicPattern topics, BiConsumer<? super Client, ? super String> handler) {
    return addTo(leaveHandlers, new OfTopic<>(topics, handler));
  }

  /** Returns whether there is a handler for joins of a topic. */
  boolean hearJoins(String topic) {
    return hears(joinHandlers, topic);
  }

  private static <T> boolean hears(List<OfTopic<T>> handlers, String topic) {
    return handlers.stream().anyMatch(handler -> handler.topics.matches(topic));
  }

  private static <T> ListenerHandle addTo(List<OfTopic<T>> handlers, OfTopic<T> added) {
    handlers.add(added);
    return () -> handlers.remove(added);
  }

  /** Returns the handler of one client's messages. */
  ClientHandler of(Client client) {
    return new OfClient(client);
  }

  /** Returns {@link HubStats#received}. */
  long received() {
    return received.sum();
  }

  /** Returns {@link HubStats#ignored}. */
  long ignored() {
    return ignored.sum();
  }

  /** Returns {@link HubStats#failedCallbacks}. */
  long failures() {
    return failed.sum();
  }

  /** Tells of a restart; see {@link HubListener#onRestart}. */
  void restarted(String id, boolean isFirst) {
    each(listener -> listener.onRestart(id, isFirst));
  }

  @Override
  public void present(String topic, String user) {
    each(listener -> listener.onPresent(topic, user));
  }

  @Override
  public void absent(String topic, String user) {
    each(listener -> listener.onAbsent(topic, user));
  }

  @Override
  public void failed(String what, Throwable cause) {
    failed.increment();
    HubLogger.HUB.log(Level.WARNING, what, cause);
  }

  /** Calls every listener, whatever the others throw. */
  private void each(Consumer<HubListener> call) {
    for (Added added : listeners) {
      try {
        call.accept(added.listener);
      } catch (Throwable e) { // other languages throw what Java checks
        failed("A listener failed", e);
      }
    }
  }

  /** A listener that was added once; it may be added again. */
  private static final class Added {
    private final HubListener listener;
    private final boolean hearsConnections;

    private Added(HubListener listener, boolean hearsConnections) {
      this.listener = listener;
      this.hearsConnections = hearsConnections;
    }
  }

  /** A handler that was added once for some topics; it may be added again. */
  private static final class OfTopic<T> {
    private final TopicPattern topics;
    private final BiConsumer<? super Client, ? super T> handler;

    private OfTopic(TopicPattern topics, BiConsumer<? super Client, ? super T> handler) {
      this.topics = topics;
      this.handler = handler;
    }
  }

  private final class OfClient implements ClientHandler {
    private final Client client;

    private OfClient(Client client) {
      this.client = client;
    }

    @Override
    public boolean hearsConnections() {
      return HubLogger.HUB.isLoggable(Level.INFO)
          || !leaveHandlers.isEmpty()
          || listeners.stream().anyMatch(added -> added.hearsConnections);
    }

    @Override
    public void connected() {
      each(listener -> listener.onConnect(client));
    }

    /** Calls every listener; the first that throws decides the reply. If none does, a handler. */
    @Override
    public void message(String type, Object payload, Outcome outcome) {
      received.increment();
      Message message = new Message(type, payload, payloads);
      Reply reply = Reply.DONE;
      for (Added added : listeners) {
        Reply own = message(added.listener, message);
        reply = reply == Reply.DONE ? own : reply;
      }
      if (reply == Reply.DONE) {
        requests.answer(client, message, outcome);
      } else {
        outcome.settle(reply);
      }
    }

    @Override
    public void text(String text) {
      ignored.increment();
      each(listener -> listener.onText(client, text));
    }

    @Override
    public boolean acceptsBinary() {
      return listeners.stream().anyMatch(added -> acceptsBinary(added.listener));
    }

    @Override
    public void binary(byte[] bytes) {
      received.increment();
      each(
          listener -> {
            if (acceptsBinary(listener)) {
              listener.onBinary(client, bytes);
            }
          });
    }

    @Override
    public boolean mayJoin(String topic) {
      return joins.isPresent() && joins.get().test(client, topic);
    }

    @Override
    public boolean hearJoins(String topic) {
      return Listeners.this.hearJoins(topic);
    }

    @Override
    public boolean hearLeaves(String topic) {
      return hears(leaveHandlers, topic);
    }

    @Override
    public Reply joined(String topic, Optional<String> after) {
      return call(joinHandlers, topic, new TopicJoin(topic, after));
    }

    @Override
    public void left(String topic) {
      call(leaveHandlers, topic, topic);
    }

    @Override
    public void disconnected(DisconnectReason reason) {
      each(listener -> listener.onDisconnect(client, reason));
    }

    @Override
    public void failed(String what, Throwable cause) {
      Listeners.this.failed(what, cause);
    }

    private Reply message(HubListener listener, Message message) {
      return replyOf(() -> listener.onMessage(client, message));
    }

    /** Calls the handlers of a topic; the first that throws decides the reply. */
    private <T> Reply call(List<OfTopic<T>> handlers, String topic, T event) {
      Reply reply = Reply.DONE;
      for (OfTopic<T> each : handlers) {
        if (each.topics.matches(topic)) {
          Reply own = replyOf(() -> each.handler.accept(client, event));
          reply = reply == Reply.DONE ? own : reply;
        }
      }
      return reply;
    }

    private Reply replyOf(Runnable call) {
      try {
        call.run();
        return Reply.DONE;
      } catch (RefusedException e) {
        return new Reply(e.code(), e.reason());
      } catch (Throwable e) { // other languages throw what Java checks
        failed("A listener failed", e);
        return Reply.INTERNAL;
      }
    }

    /** Returns whether a listener takes binary messages; one that fails takes none. */
    private boolean acceptsBinary(HubListener listener) {
      try {
        return listener.acceptsBinary();
      } catch (Throwable e) { // it runs on an event loop
        failed("A listener failed", e);
        return false;
      }
    }
  }
}
