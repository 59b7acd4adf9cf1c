package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.internal.session.Shard;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A log with cursors: what is published is appended once, and every client reads on from where it
 * is.
 *
 * <p>Publishing costs the same for ten clients as for a hundred thousand; it never waits for a
 * client, and a client that does not read costs the others nothing. All messages of a hub have one
 * order, and every client sees those of its topics in that order. A client that comes back with the
 * id of the last message that it has is sent what it missed, or told that something is gone.
 *
 * <pre>{@code
 * Hub hub = Hub.create();
 * hub.onMessage((client, message) -> hub.broadcast(message));
 * hub.broadcast("TICK", Map.of("n", 1));
 * }</pre>
 *
 * <p>Thread-safe. {@link #register} and {@link #unregister} are for transports.
 */
public final class Hub implements Registrar, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Hub.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(5);
  private static final Duration MAX_DRAIN = Duration.ofDays(365);

  /** How long clients that were cut at the deadline may take to be unregistered. */
  private static final long CUT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final HubOptions options;
  private final long epoch = RANDOM.nextLong();
  private final Envelope envelope = new Envelope(epoch);
  private final HubLog log;
  private final Callbacks callbacks;
  private final Counters counters = new Counters();
  private final Map<String, Client> clients = new ConcurrentHashMap<>();
  private final Map<Loop, Shard> shards = new ConcurrentHashMap<>();
  private final List<HubListener> listeners = new CopyOnWriteArrayList<>();
  private final List<Transport> transports = new ArrayList<>();
  private final Object ended = new Object();
  private int sessions; // guarded by ended; a session counts until its last callback is queued
  private volatile boolean closing;

  Hub(HubOptions options) {
    this.options = options;
    log = new HubLog(options.logLimits(), options::retention, options.nanoClock());
    callbacks = new Callbacks(options.callbackExecutor());
  }

  /** Returns a hub with the default options. */
  public static Hub create() {
    return builder().build();
  }

  /** Returns a builder with the default options. */
  public static HubBuilder builder() {
    return new HubBuilder();
  }

  /**
   * Starts a transport for the clients of this hub; it is stopped when the hub is closed.
   *
   * @throws IOException if the transport cannot be opened
   * @throws IllegalStateException if the hub is closed
   */
  public void attach(Transport transport) throws IOException {
    Objects.requireNonNull(transport, "transport");
    synchronized (transports) {
      if (closing) {
        throw new IllegalStateException("the hub is closed");
      }
      transport.start(this);
      transports.add(transport);
    }
  }

  /** Forgets a transport that was stopped by somebody else; does nothing if it is not attached. */
  public void detach(Transport transport) {
    synchronized (transports) {
      transports.remove(transport);
    }
  }

  /** Calls a listener for all that clients do from now on. */
  public void addListener(HubListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Calls a handler for every message of a client from now on; see {@link HubListener#onMessage}.
   */
  public void onMessage(BiConsumer<? super Client, ? super Message> handler) {
    Objects.requireNonNull(handler, "handler");
    addListener(
        new HubListener() {
          @Override
          public void onMessage(Client client, Message message) {
            handler.accept(client, message);
          }
        });
  }

  /**
   * Publishes a message to every client.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public PublishResult broadcast(Message message) {
    return append(TopicNames.BROADCAST, message, Optional.empty());
  }

  /**
   * Publishes a message to every client.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #broadcast(Message)}
   */
  public PublishResult broadcast(String type, Object payload) {
    return broadcast(Message.of(type, payload));
  }

  /**
   * Publishes a message to every client that follows a topic. The topic needs no preparation; it
   * exists while it has messages or subscribers.
   *
   * @throws IllegalArgumentException if the topic's name is empty, begins with {@code $} or has
   *     more than 255 bytes of UTF-8, or the payload cannot be written as JSON
   */
  public PublishResult publish(String topic, Message message) {
    return append(TopicNames.check(topic), message, Optional.of(topic));
  }

  /**
   * Publishes a message to every client that follows a topic.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #publish(String, Message)}
   */
  public PublishResult publish(String topic, String type, Object payload) {
    return publish(topic, Message.of(type, payload));
  }

  /**
   * Publishes a message to every client of a user, those included that come back with the id of an
   * earlier message.
   *
   * @throws IllegalArgumentException if the user's name is empty or has more than 255 bytes of
   *     UTF-8, or the payload cannot be written as JSON
   */
  public PublishResult sendToUser(String user, Message message) {
    return append(TopicNames.ofUser(user), message, Optional.empty());
  }

  /**
   * Publishes a message to every client of a user.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #sendToUser(String, Message)}
   */
  public PublishResult sendToUser(String user, String type, Object payload) {
    return sendToUser(user, Message.of(type, payload));
  }

  /**
   * Sends a message to one client alone. It does not survive the client's connection.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public SendResult sendToClient(String clientId, Message message) {
    Objects.requireNonNull(message, "message");
    return client(clientId).map(client -> client.send(message)).orElse(SendResult.UNKNOWN);
  }

  /**
   * Sends a message to one client alone.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #sendToClient(String, Message)}
   */
  public SendResult sendToClient(String clientId, String type, Object payload) {
    return sendToClient(clientId, Message.of(type, payload));
  }

  /** Returns a connected client by its id. */
  public Optional<Client> client(String id) {
    return Optional.ofNullable(clients.get(Objects.requireNonNull(id, "id")));
  }

  /** Returns the connected clients; a snapshot, unmodifiable. */
  public Collection<Client> clients() {
    return List.copyOf(clients.values());
  }

  /**
   * Returns the id of the newest message. For a snapshot that live messages follow without a gap,
   * read this first, then the state, hand out both, and let the client connect with {@code after=}
   * this id; it then applies messages idempotently.
   */
  public String lastId() {
    return new MessageId(epoch, log.horizon()).toString();
  }

  /** Returns the counters of this moment. */
  public HubStats stats() {
    return new HubStats(
        clients.size(),
        counters.connected.sum(),
        log.topicCount(),
        log.horizon(),
        counters.refused.sum(),
        log.size(),
        log.bytes(),
        counters.received.sum(),
        counters.ignored.sum(),
        counters.failedCallbacks.sum());
  }

  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    List<String> topics = new ArrayList<>(List.of(TopicNames.BROADCAST));
    handshake.user().map(TopicNames::ofUser).ifPresent(topics::add);
    handshake.topics().forEach(topic -> topics.add(TopicNames.check(topic)));
    if (handshake.topics().size() > options.maxTopicsPerClient()) {
      throw new IllegalArgumentException(
          "expected at most "
              + options.maxTopicsPerClient()
              + " topics, was "
              + handshake.topics().size());
    }
    if (closing) {
      throw new IllegalStateException("the hub is closed");
    }
    ClientCallbacks events = new ClientCallbacks(this, connection);
    Shard shard = shards.computeIfAbsent(connection.loop(), this::newShard);
    Session session = shard.register(connection, handshake, newClientId(), topics, events);
    Client client = new Client(this, session, handshake);
    clients.put(client.id(), client);
    synchronized (ended) {
      sessions++;
    }
    counters.connected.increment();
    events.connected(client);
    if (closing) {
      client.close(CloseReason.GOING_AWAY); // close() may have looked too early to see it
    }
    return session;
  }

  @Override
  public void unregister(Inbound inbound, CloseReason reason) {
    Objects.requireNonNull(reason, "reason");
    Session session = (Session) inbound;
    if (clients.remove(session.clientId()) == null) {
      return;
    }
    Loop loop = session.connection().loop();
    Shard shard = shards.get(loop);
    if (shard.unregister(session, reason)) {
      shards.remove(loop);
      log.remove(shard);
    }
    synchronized (ended) {
      sessions--;
      ended.notifyAll();
    }
  }

  /** Closes the hub, giving clients and listeners at most 5 seconds. */
  @Override
  public void close() {
    close(DEFAULT_DRAIN);
  }

  /**
   * Closes the hub: refuses new messages and clients, sends every client what was published before,
   * closes it with 1001, lets the listeners' calls in progress return, and stops the transports.
   * What is not done at the deadline is cut. A call from inside a listener does not wait for
   * itself. The second call does nothing.
   *
   * @param drain how long this may take
   * @throws IllegalArgumentException if it is negative
   */
  public void close(Duration drain) {
    if (drain.isNegative()) {
      throw new IllegalArgumentException("expected a time of at least 0, was " + drain);
    }
    Duration bounded = drain.compareTo(MAX_DRAIN) < 0 ? drain : MAX_DRAIN;
    long deadline = System.nanoTime() + bounded.toNanos();
    List<Transport> attached;
    synchronized (transports) {
      if (closing) {
        return;
      }
      closing = true;
      attached = List.copyOf(transports);
      transports.clear();
    }
    log.close();
    attached.forEach(transport -> transport.stopAccepting(bounded));
    clients().forEach(client -> client.close(CloseReason.GOING_AWAY));
    try {
      awaitNoSessions(deadline);
      attached.forEach(Transport::stop);
      awaitNoSessions(System.nanoTime() + CUT_NANOS);
      callbacks.awaitQuiet(deadline);
    } catch (InterruptedException e) {
      attached.forEach(Transport::stop);
      Thread.currentThread().interrupt();
    }
  }

  SendResult send(Session session, Message message) {
    byte[] json = envelope.encode(message, Optional.empty());
    if (json.length > options.maxMessageBytes()) {
      counters.refused.increment();
      return SendResult.TOO_LARGE;
    }
    if (session.isSealed()) {
      return SendResult.CLOSING;
    }
    long offset = session.send(json);
    if (offset > 0) {
      return SendResult.ACCEPTED;
    }
    counters.refused.increment();
    return offset == HubLog.FULL
        ? SendResult.FULL
        : offset == HubLog.OVERLOADED ? SendResult.OVERLOADED : SendResult.UNKNOWN;
  }

  void eachListener(Consumer<HubListener> call) {
    for (HubListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException | Error e) {
        counters.failedCallbacks.increment();
        LOG.log(Level.WARNING, "A listener failed", e);
      }
    }
  }

  boolean acceptsBinary() {
    return listeners.stream().anyMatch(HubListener::acceptsBinary);
  }

  Callbacks callbacks() {
    return callbacks;
  }

  Counters counters() {
    return counters;
  }

  int maxTopicsPerClient() {
    return options.maxTopicsPerClient();
  }

  private PublishResult append(String topic, Message message, Optional<String> shown) {
    byte[] json = envelope.encode(Objects.requireNonNull(message, "message"), shown);
    if (json.length > options.maxMessageBytes()) {
      counters.refused.increment();
      return PublishResult.TOO_LARGE;
    }
    long offset = log.append(topic, json);
    if (offset > 0) {
      return PublishResult.accepted(epoch, offset);
    }
    counters.refused.increment();
    return offset == HubLog.OVERLOADED ? PublishResult.OVERLOADED : PublishResult.CLOSED;
  }

  private Shard newShard(Loop loop) {
    Shard shard = new Shard(log, epoch, loop, options.nanoClock());
    log.add(shard);
    return shard;
  }

  private void awaitNoSessions(long deadline) throws InterruptedException {
    synchronized (ended) {
      long left = deadline - System.nanoTime();
      while (sessions > 0 && left > 0) {
        TimeUnit.NANOSECONDS.timedWait(ended, left);
        left = deadline - System.nanoTime();
      }
    }
  }

  private static String newClientId() {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
