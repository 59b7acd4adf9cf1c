package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.inbound.ClientHandler;
import io.github.signalhub.internal.inbound.ClientQueue;
import io.github.signalhub.internal.inbound.InboundBudget;
import io.github.signalhub.internal.inbound.InboundCounters;
import io.github.signalhub.internal.inbound.PendingAnswers;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.SlowEncoder;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.node.GuardedBackbone;
import io.github.signalhub.internal.node.Node;
import io.github.signalhub.internal.node.SharedPresence;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.presence.Presence;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.internal.session.SessionCounters;
import io.github.signalhub.internal.session.Shard;
import io.github.signalhub.internal.session.Upstream;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Reservation;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A log with cursors: each message is appended once, and every client reads on from its own place.
 *
 * <p>Publishing costs the same for ten clients as for a hundred thousand. It never waits for a
 * client. A client that does not read costs the others nothing. All messages of a hub have one
 * order, and every client sees those of its topics in that order. A client may come back with the
 * id of the last message that it has. Then it is sent the messages that it missed, or told that
 * some are gone.
 *
 * <pre>{@code
 * Hub hub = Hub.create();
 * hub.onMessage((client, message) -> {
 *   if (message.type().equals("SAY") && message.payload() instanceof String text) {
 *     hub.broadcast("SAY", text); // and no other message of clients
 *   }
 * });
 * hub.broadcast("TICK", Map.of("n", 1));
 * }</pre>
 *
 * <p>The logger {@code io.github.signalhub.Hub} says at level INFO when a client is connected and
 * disconnected. Its level WARNING turns that off: with {@code java.util.logging}, by the line
 * {@code io.github.signalhub.Hub.level=WARNING} in {@code logging.properties}.
 *
 * <p>Thread-safe. {@link #register} and {@link #unregister} are for transports.
 */
public final class Hub implements Registrar, AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern CLIENT_ID = Pattern.compile("[0-9a-f]{32}");
  private static final int CLIENT_ID_BYTES = 16;
  private static final int CLIENT_ID_PREFIX_BYTES = 4;

  private final HubOptions options;
  private final HubLog log;

  /** This node of several; {@code null}: the hub is alone. */
  private final Node node;

  /** The first digits of the ids of this node's clients; empty if the hub is alone. */
  private final String clientIdPrefix;

  private final Publisher publisher;
  private final SlowEncoder slowEncoder;
  private final Callbacks callbacks;
  private final Comings comings = new Comings();
  private final SessionCounters sessionCounters = new SessionCounters();
  private final Map<String, Client> clients = new ConcurrentHashMap<>();
  private final Map<Loop, Shard> shards = new ConcurrentHashMap<>();

  /** The links that are no clients yet, because they named an id that this node does not have. */
  private final Map<Session, AttachedTransport> arriving = new ConcurrentHashMap<>();

  private final Directory directory;
  private final Map<Loop, Expiries> expiries = new ConcurrentHashMap<>();
  private final Listeners listeners;
  private final PendingAnswers pendingAnswers;
  private final InboundBudget inboundBudget;
  private final ClientQueue.Shared inbound;

  /** The users of this node. */
  private final Presence presence;

  /** Returns the users of a topic on all nodes. */
  private final Function<String, Set<String>> presentUsers;

  private final Revocations revocations = new Revocations();
  private final List<AttachedTransport> transports = new ArrayList<>(); // also their lock
  private final AttachedTransport direct = AttachedTransport.ofDirectLinks();
  private final List<Metric> metrics;
  private volatile boolean closing;

  Hub(
      HubOptions options,
      Optional<BiPredicate<? super Client, ? super String>> joins,
      Executor encodingExecutor) {
    this.options = options;
    log = new HubLog(RANDOM.nextLong(), options.logLimits(), options::retention, options.nanoClock);
    Optional<Backbone> backbone =
        options.backbone.map(given -> new GuardedBackbone(given, options.nanoClock));
    clientIdPrefix = backbone.isEmpty() ? "" : newId(CLIENT_ID_PREFIX_BYTES);
    node = backbone.map(this::newNode).orElse(null);
    publisher = new Publisher(options, log, node);
    directory = new Directory(log, clients, shards.values());
    slowEncoder = new SlowEncoder(encodingExecutor);
    callbacks = new Callbacks(options.callbackExecutor);
    listeners = new Listeners(joins, options.payloads, options.maxAnswerBytes);
    listeners.addLog(new ConnectionLog());
    pendingAnswers = new PendingAnswers(options.nanoClock, options.requestTimeout);
    inboundBudget = new InboundBudget(options.maxWaitingBytes);
    InboundCounters inboundCounters = new InboundCounters();
    RefSessions refs =
        new RefSessions(
            options.nanoClock,
            RefSessions.maxBytesOfHeap(),
            options.maxAnswerBytes,
            options.anonymousSessionsByAddress);
    inbound =
        new ClientQueue.Shared(
            callbacks,
            inboundBudget,
            refs,
            pendingAnswers,
            (long) RefSessions.MAX_SENT_ANSWERS * options.maxAnswerBytes,
            inboundCounters,
            options.nanoClock,
            options.maxClientMessageBytes,
            options.maxClientMessagesPerSecond,
            backbone.orElse(null));
    if (node == null || !options.hasPresence()) {
      presence = newPresence(callbacks, listeners);
      presentUsers = presence::users;
    } else {
      SharedPresence shared =
          node.sharePresence(
              options.presenceLimits().bytes(),
              options::presence,
              this::lookAtPresence,
              callbacks,
              listeners);
      presence = newPresence(Runnable::run, shared);
      presentUsers = shared::users;
    }
    metrics =
        new HubMetrics(
                options,
                clients::size,
                comings,
                sessionCounters,
                log,
                publisher,
                listeners,
                callbacks,
                inboundCounters,
                inboundBudget,
                pendingAnswers,
                refs,
                presence,
                node)
            .all();
  }

  private Presence newPresence(Executor executor, Presence.Audience audience) {
    return new Presence(
        options.presenceLimits(), options::presence, options.nanoClock, executor, audience);
  }

  private void lookAtPresence() {
    presence.look();
  }

  /**
   * Joins the other nodes, if there may be any.
   *
   * @throws IOException as {@link Backbone#start}
   */
  void start() throws IOException {
    if (node != null) {
      node.start(options.format());
    }
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
  @Override
  public void attach(Transport transport) throws IOException {
    Objects.requireNonNull(transport, "transport");
    synchronized (transports) {
      requireOpen();
      AttachedTransport attached = new AttachedTransport(transport);
      transport.start(new Entrance(attached));
      transports.add(attached);
    }
  }

  /** Forgets a transport that its owner has stopped. Does nothing if it is not attached. */
  @Override
  public void detach(Transport transport) {
    Objects.requireNonNull(transport, "transport");
    synchronized (transports) {
      transports.removeIf(attached -> attached.isOf(transport));
    }
  }

  /**
   * Closes the clients of one transport as {@link #close(Duration)} does those of all. The hub, the
   * other clients and the transport stay open. The transport's owner stops it next. Does nothing if
   * the transport is not attached.
   *
   * @param atMost how long to wait
   * @throws IllegalArgumentException if it is negative
   */
  @Override
  public void drain(Transport transport, Duration atMost) {
    drain(transport, new Drain(atMost, Optional.empty()));
  }

  /**
   * Closes the clients of one transport as {@link #close(Duration, Duration)} does those of all.
   *
   * @param atMost how long to wait
   * @param returnOver over which time its clients come back
   * @throws IllegalArgumentException if one of them is negative
   */
  @Override
  public void drain(Transport transport, Duration atMost, Duration returnOver) {
    Objects.requireNonNull(returnOver, "returnOver");
    drain(transport, new Drain(atMost, Optional.of(returnOver)));
  }

  /**
   * Calls a listener for all that clients do from now on.
   *
   * @return removes the listener again
   * @throws IllegalStateException if the hub is closed
   */
  public ListenerHandle addListener(HubListener listener) {
    Objects.requireNonNull(listener, "listener");
    requireOpen();
    return listeners.add(listener);
  }

  /**
   * Calls a handler for every message of a client from now on; see {@link HubListener#onMessage}.
   *
   * @return removes the handler again
   * @throws IllegalStateException if the hub is closed
   */
  public ListenerHandle onMessage(BiConsumer<? super Client, ? super Message> handler) {
    Objects.requireNonNull(handler, "handler");
    requireOpen();
    return listeners.add(handler);
  }

  /**
   * Calls a handler for every message of one type, with its payload as an object of a class; see
   * {@link HubListener#onMessage}.
   *
   * <pre>{@code
   * record Order(String article, int count) {}
   *
   * hub.onMessage("ORDER", Order.class, (client, order) -> book(client.user(), order));
   * }</pre>
   *
   * <p>The handler never sees a payload that does not fit the class. The message counts as refused
   * then: a client that gave it a {@code ref} is told {@code $error} with the code {@code
   * invalid_payload}, the place in the payload, and what was expected there.
   *
   * @param type the type of the messages
   * @param payload the class, read as {@link io.github.signalhub.json.Json#convert} says or by the
   *     {@linkplain HubBuilder#payloadCodec codec} that is set for it
   * @return removes the handler again
   * @throws IllegalArgumentException if the class cannot be read
   * @throws IllegalStateException if the hub is closed
   */
  public <T> ListenerHandle onMessage(
      String type, Class<T> payload, BiConsumer<? super Client, ? super T> handler) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(handler, "handler");
    requireOpen();
    return listeners.add(type, payload, handler);
  }

  /**
   * Answers every request of one type from now on. A request is a message that its client gave a
   * {@code ref}. The client gets the answer in {@code $ack}.
   *
   * <pre>{@code
   * record Query(String article) {}
   *
   * hub.onRequest("PRICE", Query.class, (client, query) -> prices.get(query.article()));
   * }</pre>
   *
   * <p>The answer is any value that can be a payload, also {@code null}. It may be a {@link
   * java.util.concurrent.CompletionStage} of such a value, which any thread completes later. Until
   * then the client's next messages are handed out, as long as fewer than 64 of its answers are
   * pending. Beyond that they wait. The answers come in the order in which they are ready.
   *
   * <p>A client is told {@code $error} instead of an answer in these cases:
   *
   * <ul>
   *   <li>The handler throws a {@link RefusedException}, or the stage fails with one: its code.
   *   <li>The payload does not fit the class: {@code invalid_payload}. The handler is not called.
   *   <li>There is no answer within {@link HubBuilder#requestTimeout}: {@code timeout}. The stage
   *       is not cancelled, and what it brings later is dropped.
   *   <li>Something else is thrown, or the answer cannot be written or is longer than {@link
   *       HubBuilder#maxAnswerBytes}: {@code internal}. A warning is logged.
   * </ul>
   *
   * <p>Listeners of {@link #onMessage(BiConsumer)} get requests, too, and are called first. If one
   * throws, the request is refused and the handler is not called. A request without a {@code ref}
   * is handled in the same way, and its answer is dropped. A request without a handler is a message
   * like others: its {@code $ack} bears no answer.
   *
   * <p>Within the client's session, a request that comes again with the same {@code ref} is not
   * handled again. It gets the same answer, also if the first one is still pending, or was settled
   * while the client was away. If the answer is not kept any more, it gets {@code $error} with the
   * code {@code forgotten}. docs/protocol says for how long answers are kept.
   *
   * @param type the type of the requests
   * @param payload the class of their payloads, read as by {@link #onMessage(String, Class,
   *     BiConsumer)}
   * @param handler returns the answer; called where listeners run, and in their order
   * @return removes the handler again; answers that are pending are still sent
   * @throws IllegalArgumentException if the class cannot be read, or if the type is empty or begins
   *     with {@code $}
   * @throws IllegalStateException if the type has a handler already, or if the hub is closed
   */
  public <T> ListenerHandle onRequest(
      String type, Class<T> payload, BiFunction<? super Client, ? super T, ?> handler) {
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(handler, "handler");
    Message.of(type, null); // checks the type
    requireOpen();
    return listeners.requests().add(type, payload, handler);
  }

  /**
   * Calls a handler for each join of a topic from now on, before the topic's messages. So it can
   * send an initial state, and the messages that follow change that state.
   *
   * <pre>{@code
   * hub.onJoin("flow:*", (client, join) -> client.send("FLOW", flows.get(join.topic())));
   * }</pre>
   *
   * <p>The place where the topic begins is fixed first. Then the handler runs. What it sends by
   * {@link Client#send} before it returns reaches the client before every message of the topic that
   * was published after that place. None of these is missing, unless the client is told of a gap,
   * and none comes twice. So a state that is read in the handler is complete: a message that was
   * published meanwhile is in the state, or follows, or both.
   *
   * <p>A client that comes back may have the state, see {@link TopicJoin#after}. It is called for
   * all ways to join: the handshake, {@code $join} and {@link Client#join}. It is not called for a
   * topic that the client follows already, and not for broadcasts.
   *
   * <p>The calls of one client are serial, in order with those of its {@link HubListener}: after
   * {@code onConnect}, before {@code onDisconnect}. A handler may wait. It holds up this topic of
   * this client, the handlers of its next topics, and the client's own messages. Other topics go
   * on.
   *
   * <p>The next handler of the client is called when the client's link has taken what the last one
   * sent. So one message of any allowed length is always accepted. While it waits, more are
   * accepted as long as all together have at most 64 KiB. If a part of the state leaves the log
   * before the client reads it, the client is closed with 4100, and asks for the state when it
   * comes back.
   *
   * <p>If a handler throws, the client does not follow the topic. The first exception decides, and
   * the other handlers are called all the same. A {@link RefusedException} refuses: the client is
   * told {@code $error} if it asked by {@code $join}, else {@code $left}. Any other exception is
   * logged: {@code $join} is answered with {@code internal}, else the client is closed with 1011.
   * If the client leaves meanwhile or is closed, what the handler sends may still reach it.
   *
   * @param nameOrPrefix the topic as {@link HubBuilder#topic} takes it: {@code "ledger"}, or {@code
   *     "flow:*"} for all whose names begin alike
   * @return removes the handler again
   * @throws IllegalArgumentException if the name is none that a topic can have
   * @throws IllegalStateException if the hub is closed
   */
  public ListenerHandle onJoin(
      String nameOrPrefix, BiConsumer<? super Client, ? super TopicJoin> handler) {
    TopicPattern pattern = TopicPattern.parse(nameOrPrefix);
    Objects.requireNonNull(handler, "handler");
    requireOpen();
    return listeners.addJoins(pattern, handler);
  }

  /**
   * Calls a handler when a client follows a topic no more from now on. The client left it, or the
   * application took it back, or the client is gone. In the last case the calls come before {@link
   * HubListener#onDisconnect}.
   *
   * <p>A handler hears once of the end of each join that {@link #onJoin} told of, also if that call
   * failed. It also hears of topics without such a call. It is not told of a join that ended before
   * its {@code onJoin} was due. The calls are in order as those of {@code onJoin}. An exception is
   * logged and ends nothing.
   *
   * @param nameOrPrefix the topic, as for {@link #onJoin}
   * @param handler gets the client and the name of the topic
   * @return removes the handler again
   * @throws IllegalArgumentException if the name is none that a topic can have
   * @throws IllegalStateException if the hub is closed
   */
  public ListenerHandle onLeave(
      String nameOrPrefix, BiConsumer<? super Client, ? super String> handler) {
    TopicPattern pattern = TopicPattern.parse(nameOrPrefix);
    Objects.requireNonNull(handler, "handler");
    requireOpen();
    return listeners.addLeaves(pattern, handler);
  }

  private void requireOpen() {
    if (closing) {
      throw new IllegalStateException("the hub is closed");
    }
  }

  /**
   * Publishes a message to every client.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public PublishResult broadcast(Message message) {
    return publisher.publish(TopicNames.BROADCAST, message, Optional.empty());
  }

  /**
   * Publishes a message to every client.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #broadcast(Message)}
   */
  public PublishResult broadcast(String type, @Nullable Object payload) {
    return broadcast(Message.of(type, payload));
  }

  /**
   * Publishes a message to every client but its sender, as {@link HubTopic#publishExcept} does to
   * the clients of a topic.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON, or the sender is a
   *     client of another hub
   */
  public PublishResult broadcastExcept(Client sender, Message message) {
    Objects.requireNonNull(sender, "sender");
    return publisher.publish(TopicNames.BROADCAST, message, Optional.empty(), sender);
  }

  /**
   * Publishes a message to every client but its sender. A short form of {@link
   * #broadcastExcept(Client, Message)}.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #broadcastExcept(Client,
   *     Message)}
   */
  public PublishResult broadcastExcept(Client sender, String type, @Nullable Object payload) {
    return broadcastExcept(sender, Message.of(type, payload));
  }

  /**
   * Returns a topic by its name. The topic needs no preparation; it exists while it has messages or
   * subscribers.
   *
   * @throws IllegalArgumentException if the name is empty, begins with {@code $} or has more than
   *     255 bytes of UTF-8
   */
  public HubTopic topic(String name) {
    return new HubTopic(TopicNames.check(name), publisher, log, presentUsers, directory);
  }

  /**
   * Returns the names of the topics that have messages or subscribers. A snapshot, unmodifiable, in
   * no order. Takes time in proportion to the topics.
   */
  public Set<String> topics() {
    return log.topicNames().stream()
        .filter(name -> !name.startsWith("$"))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns a user by the name that the handshake gave it. The user may have any number of clients,
   * or none.
   *
   * @throws IllegalArgumentException if the name is empty or has more than 255 bytes of UTF-8
   */
  public HubUser user(String name) {
    return new HubUser(name, publisher, revocations, directory);
  }

  /**
   * Sends a message to one client alone. It does not survive the client's connection.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public PublishResult sendToClient(String clientId, Message message) {
    Objects.requireNonNull(message, "message");
    Optional<Client> client = client(clientId);
    if (client.isPresent()) {
      return client.get().send(message);
    }
    return isElsewhere(clientId)
        ? publisher.sendElsewhere(clientId, message)
        : PublishResult.refused(PublishResult.Status.NO_SUCH_CLIENT);
  }

  /** Returns whether an id may be that of another node's client. */
  private boolean isElsewhere(String clientId) {
    return node != null
        && CLIENT_ID.matcher(clientId).matches()
        && !clientId.startsWith(clientIdPrefix);
  }

  /**
   * Sends a message to one client alone.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #sendToClient(String, Message)}
   */
  public PublishResult sendToClient(String clientId, String type, @Nullable Object payload) {
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
   * Returns the id of the newest message. It lets live messages follow a snapshot without a gap:
   * read the id first, then the state, and hand out both. The client connects with {@code after=}
   * this id, and applies messages idempotently.
   */
  public String lastId() {
    return log.id(log.horizon()).toString();
  }

  /** Returns the counters of this moment. */
  public HubStats stats() {
    return new HubStats(
        clients.size(),
        comings.connected(),
        log.topicCount(),
        log.appended(),
        publisher.refused(),
        log.size(),
        log.bytes(),
        log.tableBytes(),
        presence.bytes(),
        listeners.received(),
        listeners.ignored(),
        listeners.failures(),
        Optional.ofNullable(node)
            .map(
                one ->
                    new NodeStats(
                        one.pending(),
                        publisher.refused(PublishResult.Status.UNAVAILABLE),
                        publisher.refused(PublishResult.Status.UNCONFIRMED),
                        one.restarts(),
                        one.beyondLimit(),
                        Duration.ofNanos(one.staleNanos()))));
  }

  /**
   * Returns the counters and figures of this hub, for its monitoring. Their number never changes.
   * They name no topic, no user and no client. docs/metrics.md lists them.
   *
   * @return always the same, unmodifiable; each value is read when it is asked for
   */
  public List<Metric> metrics() {
    return metrics;
  }

  /** Returns whether {@link #close} has begun: no message and no client is accepted any more. */
  public boolean isDraining() {
    return closing;
  }

  /**
   * Returns for how long messages have been refused with {@link PublishResult.Status#OVERLOADED},
   * without a pause of 10 seconds; zero if they are not.
   */
  public Duration overloadedFor() {
    return publisher.overloadedFor();
  }

  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    return register(connection, handshake, direct);
  }

  private Inbound register(
      Connection connection, Handshake handshake, AttachedTransport transport) {
    List<String> topics = new ArrayList<>(List.of(TopicNames.BROADCAST));
    handshake.user().map(TopicNames::ofUser).ifPresent(topics::add);
    topics.addAll(handshake.topics());
    if (handshake.topics().size() > options.maxTopicsPerClient) {
      throw new IllegalArgumentException(
          "expected at most "
              + options.maxTopicsPerClient
              + " topics, was "
              + handshake.topics().size());
    }
    if (closing || transport.isDraining()) {
      throw new IllegalStateException("the hub is closed, or its transport takes no more clients");
    }
    ClientQueue queue = new ClientQueue(inbound, handshake);
    Shard shard = shards.computeIfAbsent(connection.loop(), this::newShard);
    Session session = shard.register(connection, handshake, newClientId(), queue);
    transport.entered();
    if (node == null) {
      enter(session, handshake, topics, queue, transport);
    } else {
      arriving.put(session, transport);
      session.whenKnown(
          handshake,
          () -> {
            arriving.remove(session);
            enter(session, handshake, topics, queue, transport);
          });
    }
    return session;
  }

  /** Makes a client of a link. */
  private void enter(
      Session session,
      Handshake handshake,
      List<String> topics,
      ClientQueue queue,
      AttachedTransport transport) {
    Set<String> held =
        handshake.topics().stream()
            .filter(listeners::hearJoins)
            .collect(Collectors.toUnmodifiableSet());
    session.open(topics, held);
    FollowedTopics followed =
        new FollowedTopics(session, handshake, presence, options.maxTopicsPerClient);
    Expiries ends =
        expiries.computeIfAbsent(
            session.connection().loop(), loop -> new Expiries(loop, options.clock));
    Client client = new Client(session, handshake, followed, publisher, transport, ends);
    ClientHandler handler = listeners.of(client);
    boolean watched = followed.begin(handler, queue);
    clients.put(client.id(), client);
    comings.begun();
    handshake.user().ifPresent(user -> takeBack(client, user, handshake));
    queue.connected(session, followed, handler);
    presence.announce();
    if (closing || transport.isDraining()) {
      client.close(DisconnectReason.GOING_AWAY); // a drain may have looked too early to see it
    } else if (!watched) {
      client.close(DisconnectReason.TRY_AGAIN_LATER);
    }
    ends.update(client);
  }

  @Override
  public long revocations() {
    return revocations.count();
  }

  /** Returns the time of {@link HubBuilder#clock}. */
  @Override
  public Instant now() {
    return options.clock.instant();
  }

  @Override
  public void unregister(Inbound inbound, DisconnectReason reason) {
    Objects.requireNonNull(reason, "reason");
    Session session = (Session) inbound;
    Client client = clients.remove(session.clientId());
    AttachedTransport transport = client == null ? arriving.remove(session) : client.transport();
    if (transport == null) {
      return;
    }
    if (client != null) {
      client.left(reason);
      comings.ended(reason);
    }
    Loop loop = session.connection().loop();
    Shard shard = shards.get(loop);
    if (shard.unregister(session, reason)) {
      shards.remove(loop);
      expiries.remove(loop);
      log.remove(shard);
    }
    transport.left();
  }

  /**
   * Returns whether clients are let in. Not if this node has not heard from the engine of its nodes
   * for 15 seconds: clients are better off with another node.
   */
  @Override
  public boolean isAvailable() {
    return node == null || node.isAvailable();
  }

  /** Returns {@link HubBuilder#maxClientMessageBytes}. */
  @Override
  public int maxClientMessageBytes() {
    return inbound.maxMessageBytes();
  }

  /** Returns {@link HubBuilder#maxTopicsPerClient}. */
  @Override
  public int maxTopicsPerClient() {
    return options.maxTopicsPerClient;
  }

  /** {@inheritDoc} Counts towards {@link HubBuilder#maxWaitingBytes}. */
  @Override
  public Reservation reservation(Handshake handshake, Runnable evict) {
    Objects.requireNonNull(evict, "evict");
    return inboundBudget.reservation(handshake, evict);
  }

  /** Closes the hub, giving clients and listeners at most 5 seconds. */
  @Override
  public void close() {
    close(Drain.DEFAULT_TIME);
  }

  /**
   * Closes the hub; its clients come back over 2 ms for each of them, at least over 1 second. See
   * {@link #close(Duration, Duration)}.
   *
   * @param atMost how long this may take
   * @throws IllegalArgumentException if it is negative
   */
  public void close(Duration atMost) {
    close(new Drain(atMost, Optional.empty()));
  }

  /**
   * Closes the hub. It refuses new messages and clients. Every client is sent the messages that
   * were published before, and closed with 1001. Answers that are pending when the hub begins to
   * close are waited for first, for at most half of {@code atMost}. Listeners are told of no more
   * presence, and their calls in progress return. Then the transports stop. Connections that are
   * left at the deadline are cut. A call from inside a listener does not wait for itself. The
   * second call does nothing.
   *
   * <p>The clients' return is spread, so that the server that takes over is not overrun. Clients
   * that asked for control messages are told when to come back ({@code $bye}): the first at once,
   * the last after {@code returnOver}. The others come back when they like. So they are closed one
   * after the other, 1 ms apart, or less if that took more than half of {@code atMost}.
   *
   * @param atMost how long this may take; 0: all clients are closed at once and may be cut
   * @param returnOver over which time the clients come back
   * @throws IllegalArgumentException if one of them is negative
   */
  public void close(Duration atMost, Duration returnOver) {
    Objects.requireNonNull(returnOver, "returnOver");
    close(new Drain(atMost, Optional.of(returnOver)));
  }

  /** Returns how many bytes count towards {@link HubBuilder#maxWaitingBytes} now. */
  long waitingBytes() {
    return inboundBudget.used();
  }

  /**
   * Takes the topics from a new client that were taken from its user while its handshake was
   * decided.
   */
  private void takeBack(Client client, String user, Handshake handshake) {
    long since = handshake.decidedSince();
    for (String topic : handshake.topics()) {
      if (revocations.isRevoked(user, topic, since)) {
        client.leave(topic);
      }
    }
    revocations.closes(user, since).ifPresent(client::disconnect);
  }

  private void drain(Transport transport, Drain drain) {
    Objects.requireNonNull(transport, "transport");
    List<AttachedTransport> drained;
    synchronized (transports) {
      drained = transports.stream().filter(attached -> attached.isOf(transport)).toList();
    }
    try {
      drain.links(
          drained, clients.values().stream().filter(c -> drained.contains(c.transport())).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(Drain drain) {
    Set<AttachedTransport> all = new LinkedHashSet<>();
    synchronized (transports) {
      if (closing) {
        return;
      }
      closing = true;
      all.addAll(transports);
      transports.clear();
    }
    presence.close();
    if (node != null) {
      node.leave();
    }
    publisher.close();
    drain.settle(node);
    log.close();
    all.add(direct);
    Collection<Client> left = clients();
    left.forEach(client -> all.add(client.transport())); // also of transports detached too early
    drain.everything(all, left, pendingAnswers, callbacks);
    pendingAnswers.close();
    if (node != null) {
      node.close();
    }
    HubLogger.tellRepeats();
  }

  private Shard newShard(Loop loop) {
    Upstream upstream = node == null ? Upstream.NONE : node;
    Shard shard =
        new Shard(
            log,
            upstream,
            loop,
            options.nanoClock,
            options.syncNanos,
            slowEncoder,
            sessionCounters);
    log.add(shard);
    return shard;
  }

  private Node newNode(Backbone backbone) {
    return new Node(
        clientIdPrefix,
        backbone,
        log,
        options.nanoClock,
        this::session,
        this::obey,
        this::restarted);
  }

  /** Does what another node told all others: the user comes second. */
  private void obey(List<String> command) {
    if (command.size() < 2) {
      throw new IllegalArgumentException("expected a command about a user");
    }
    List<String> withoutUser = new ArrayList<>(command);
    user(withoutUser.remove(1)).obey(withoutUser);
  }

  private Session session(String clientId) {
    Client client = clients.get(clientId);
    return client == null ? null : client.session();
  }

  private void restarted(String id, boolean isFirst) {
    try {
      callbacks.execute(() -> listeners.restarted(id, isFirst));
    } catch (Throwable e) { // not only rejections: such as no memory for a thread
      listeners.failed("No call about a restart: the executor refuses", e);
    }
  }

  private String newClientId() {
    return clientIdPrefix + newId(CLIENT_ID_BYTES - clientIdPrefix.length() / 2);
  }

  private static String newId(int bytes) {
    byte[] id = new byte[bytes];
    RANDOM.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** Logs in a method of this class, so that the log names the class whose level turns it down. */
  private static void logConnected(Client client) {
    HubLogger.HUB.log(Level.INFO, "Client connected: {0}", client.id());
  }

  /** As {@link #logConnected}. */
  private static void logDisconnected(Client client, DisconnectReason reason) {
    HubLogger.HUB.log(Level.INFO, "Client disconnected: {0} ({1})", client.id(), reason);
  }

  /** The first listener of every hub. */
  private static final class ConnectionLog implements HubListener {
    @Override
    public void onConnect(Client client) {
      logConnected(client);
    }

    @Override
    public void onDisconnect(Client client, DisconnectReason reason) {
      logDisconnected(client, reason);
    }
  }

  /** The hub as one transport sees it. Connections that are registered here count as its links. */
  private final class Entrance implements Registrar {
    private final AttachedTransport transport;

    private Entrance(AttachedTransport transport) {
      this.transport = transport;
    }

    @Override
    public Inbound register(Connection connection, Handshake handshake) {
      return Hub.this.register(connection, handshake, transport);
    }

    @Override
    public void unregister(Inbound inbound, DisconnectReason reason) {
      Hub.this.unregister(inbound, reason);
    }

    @Override
    public long revocations() {
      return Hub.this.revocations();
    }

    @Override
    public Instant now() {
      return Hub.this.now();
    }

    @Override
    public boolean isAvailable() {
      return Hub.this.isAvailable();
    }

    @Override
    public int maxClientMessageBytes() {
      return Hub.this.maxClientMessageBytes();
    }

    @Override
    public int maxTopicsPerClient() {
      return Hub.this.maxTopicsPerClient();
    }

    @Override
    public Reservation reservation(Handshake handshake, Runnable evict) {
      return Hub.this.reservation(handshake, evict);
    }
  }
}
