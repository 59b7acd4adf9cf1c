package io.github.signalhub.internal.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.LogLimits;
import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.internal.log.SlowEncoder;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Registrar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A log, one shard and their sessions over the memory transport, without a hub. Tests call the
 * sessions directly, as the hub does. Everything runs on the thread of the test, in virtual time.
 */
final class Rig implements Registrar {
  static final long EPOCH = 0x00ff00ff00ff00ffL;
  static final long SYNC_NANOS = Duration.ofSeconds(15).toNanos();
  private static final String BROADCAST = "$broadcast";

  final MemoryTransport transport = new MemoryTransport();
  final HubLog log;
  private final long syncNanos;
  private final Map<String, Session> sessions = new HashMap<>();
  private Shard shard;

  /** Makes the frames of slow wire forms, at once. */
  Executor encodings = Runnable::run;

  /** Creates a rig whose streams retain 1,000 messages. */
  Rig() {
    this(topic -> stream(1_000));
  }

  Rig(Function<String, Retention> retentions) {
    this(retentions, SYNC_NANOS);
  }

  Rig(Function<String, Retention> retentions, long syncNanos) {
    this.syncNanos = syncNanos;
    LogLimits limits = new LogLimits(1 << 20, 1 << 20, 0, 64, 1 << 16);
    log = new HubLog(EPOCH, limits, retentions, transport.nanoClock());
    transport.start(this);
  }

  static Retention stream(int messages) {
    return new Retention(messages, 1 << 20, Duration.ofHours(1).toNanos());
  }

  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    if (shard == null) {
      shard =
          new Shard(
              log,
              Upstream.NONE,
              connection.loop(),
              transport.nanoClock(),
              syncNanos,
              new SlowEncoder(encodings),
              new SessionCounters());
      log.add(shard);
    }
    List<String> topics = new ArrayList<>(List.of(BROADCAST));
    handshake.user().ifPresent(user -> topics.add("$user:" + user));
    topics.addAll(handshake.topics().stream().sorted().toList());
    String id = "client-" + sessions.size();
    Session session =
        shard.register(connection, handshake, id, new Ignoring(new ReadGate(connection)));
    session.open(topics, Set.of());
    sessions.put(id, session);
    return session;
  }

  @Override
  public void unregister(Inbound inbound, DisconnectReason reason) {
    shard.unregister((Session) inbound, reason);
  }

  /** Connects a client that asked for control messages. */
  MemoryLink connect(Handshake.Builder handshake) {
    return transport.connect(handshake.controlMessages(true).build());
  }

  /** Connects a client with control messages that follows topics without earlier messages. */
  MemoryLink connect(String... topics) {
    Handshake.Builder handshake = Handshake.builder();
    List.of(topics).forEach(handshake::topic);
    return connect(handshake);
  }

  Session session(MemoryLink link) {
    return sessions.get(link.clientId());
  }

  /** Runs an action with a session on its loop. */
  void with(MemoryLink link, Consumer<Session> action) {
    Session session = session(link);
    session.connection().loop().execute(() -> action.accept(session));
    transport.run();
  }

  void join(MemoryLink link, String topic, String after) {
    with(link, session -> session.join(topic, StartId.parse(after), null));
  }

  void leave(MemoryLink link, String topic) {
    with(link, session -> session.leave(topic, null));
  }

  /** Publishes numbers as payloads, and offers each to the clients that read. */
  void publish(String topic, int from, int to) {
    for (int n = from; n < to; n++) {
      assertThat(log.append(topic, json(topic, n)).offset()).isPositive();
      transport.run();
    }
  }

  /** Publishes a row of a table. */
  void put(String topic, String key, int n) {
    assertThat(log.append(topic, json(topic, n), new MessageKey(key, false), null).offset())
        .isPositive();
    transport.run();
  }

  /** Deletes a row of a table. */
  void delete(String topic, String key, int n) {
    assertThat(log.append(topic, json(topic, n), new MessageKey(key, true), null).offset())
        .isPositive();
    transport.run();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> payload(MemoryLink link, int message) {
    return (Map<String, Object>) parse(link.received().get(message)).get("payload");
  }

  static byte[] json(String topic, Object payload) {
    String shown = topic.startsWith("$") ? "" : "\"topic\":\"" + topic + "\",";
    String text = "{\"type\":\"N\",\"payload\":" + Json.write(payload) + "," + shown + "\"id\":\"";
    return (text + id(0) + "\"}").getBytes(UTF_8);
  }

  static String id(long offset) {
    return new MessageId(EPOCH, offset).toString();
  }

  void broadcast(int from, int to) {
    publish(BROADCAST, from, to);
  }

  /** Runs the transport and returns short forms of the arrivals. */
  List<String> arrived(MemoryLink link) {
    transport.run();
    return link.received().stream().map(Rig::inShort).toList();
  }

  /** Returns {@code t=1} for a message, {@code $joined t (1,3]} and the like for controls. */
  @SuppressWarnings("unchecked")
  static String inShort(String text) {
    Map<String, Object> message = parse(text);
    String type = (String) message.get("type");
    if (type.equals("N")) {
      Object topic = message.get("topic");
      return (topic == null ? "" : topic) + "=" + message.get("payload");
    }
    Map<String, Object> payload = (Map<String, Object>) message.get("payload");
    String topic = payload.containsKey("topic") ? " " + payload.get("topic") : "";
    String ref = payload.containsKey("ref") ? " ref " + payload.get("ref") : "";
    return type
        + topic
        + switch (type) {
          case "$joined" ->
              " (%s,%s]".formatted(offset(payload.get("after")), offset(payload.get("upTo")));
          case "$gap" ->
              " (%s,%s)".formatted(offset(payload.get("after")), offset(payload.get("next")))
                  + (payload.containsKey("reset") ? " reset" : "");
          case "$sync" -> " " + offset(payload.get("id"));
          case "$error" -> " " + payload.get("code");
          default -> "";
        }
        + ref;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> parse(String text) {
    return (Map<String, Object>) Json.parse(text);
  }

  private static String offset(Object id) {
    return MessageId.parse((String) id)
        .filter(parsed -> parsed.epoch() == EPOCH)
        .map(parsed -> Long.toString(parsed.offset()))
        .orElse("?");
  }

  private record Ignoring(ReadGate readGate) implements SessionListener {
    @Override
    public void text(byte[] utf8) {}

    @Override
    public boolean binary(byte[] bytes) {
      return true;
    }

    @Override
    public void closed(DisconnectReason reason) {}
  }
}
