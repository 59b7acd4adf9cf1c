package io.github.signalhub.jdkserver;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.capacity.ServerThreads;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpOptions;
import io.github.signalhub.jdkserver.internal.link.LinkOptions;
import io.github.signalhub.jdkserver.internal.server.TransportOptions;
import io.github.signalhub.json.JsonLimits;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.HandshakeQuery;
import io.github.signalhub.spi.LinkTimeouts;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;

/**
 * The limits of the code by place and name, as in {@code docs/limits.md}, in bytes, milliseconds or
 * counts. Limits that are not public are included.
 */
final class Defaults {
  private static final String CORE = "io.github.signalhub.";
  private static final String SERVER = "io.github.signalhub.jdkserver.";

  /** Options that are no limits. */
  static final Set<String> NO_LIMITS =
      Set.of(
          "hub anonymousSessionsByAddress",
          "hub authorizeJoins",
          "hub backbone",
          "hub broadcasts",
          "hub clock",
          "hub nanoClock",
          "hub payloadCodec",
          "hub topic",
          "hub topicDefaults",
          "hub users",
          "platform timeouts",
          "server allowAnyHost",
          "server allowAnyOrigin",
          "server allowedHosts",
          "server allowedOrigins",
          "server bindAddress",
          "server compression",
          "server compressionThresholdBytes",
          "server context",
          "server handshake",
          "server keptHeaders",
          "server path",
          "server paths",
          "server port",
          "server proxyHeader",
          "server proxyProtocol",
          "server secretParameters",
          "server requireClientCertificates",
          "server tls",
          "server trustedProxies",
          "server wantClientCertificates",
          "topic compactBy",
          "topic withLagPolicy");

  private final Map<String, String> values = new TreeMap<>();

  private Defaults() {}

  /** Prints the heap of this JVM and its limits. */
  public static void main(String[] args) throws ReflectiveOperationException {
    System.out.println("heap=" + Runtime.getRuntime().maxMemory());
    read().forEach((name, value) -> System.out.println(name + "=" + value));
    System.exit(0);
  }

  /** Returns the names of all options, limits or not. */
  static Set<String> options() {
    Set<String> names = new TreeSet<>();
    optionsOf(HubBuilder.class).forEach(name -> names.add("hub " + name));
    optionsOf(SignalServerBuilder.class).forEach(name -> names.add("server " + name));
    optionsOf(CallbackTransport.Builder.class).forEach(name -> names.add("platform " + name));
    optionsOf(TopicOptions.class).forEach(name -> names.add("topic " + name));
    valuesOf(LinkTimeouts.class, Duration.class).forEach(name -> names.add("timeouts " + name));
    valuesOf(JsonLimits.class, int.class).forEach(name -> names.add("JSON " + name));
    return names;
  }

  private static Stream<String> optionsOf(Class<?> builder) {
    return Stream.of(builder.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> method.getReturnType() == builder)
        .map(Method::getName)
        .distinct();
  }

  private static Stream<String> valuesOf(Class<?> options, Class<?> type) {
    return Stream.of(options.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> method.getReturnType() == type && method.getParameterCount() == 0)
        .map(Method::getName)
        .filter(name -> !name.equals("hashCode"));
  }

  /** Returns the default of each limit. */
  static Map<String, String> read() throws ReflectiveOperationException {
    Defaults defaults = new Defaults();
    try (Hub hub = Hub.create()) {
      defaults.hub(get(hub, "options"));
      defaults.threadsOfListeners(get(hub, "callbacks"));
      defaults.server(SignalServer.builder(hub).options());
    }
    defaults.platform(get(new CallbackTransport("any", Runnable::run), "options"));
    defaults.topic(TopicOptions.DEFAULT);
    defaults.json(JsonLimits.DEFAULT);
    defaults.fixed();
    return defaults.values;
  }

  private void hub(Object options) throws ReflectiveOperationException {
    Object set = get(Hub.builder(), "draft");
    for (String name :
        Set.of(
            "retentionGrace",
            "maxAnswerBytes",
            "maxLogBytes",
            "maxClientMessageBytes",
            "maxPublishedBytes",
            "maxPresenceBytes",
            "maxTopicsPerClient",
            "maxWaitingBytes",
            "requestTimeout",
            "syncInterval")) {
      put("hub " + name, get(set, name));
    }
    put("hub maxTableBytes", get(options, "maxTableBytes"));
    put("hub maxClientMessagesPerSecond", noneIf(0, get(set, "maxClientMessagesPerSecond")));
  }

  /** Reads the pool's size before Java 24. Later, the document's rule applies. */
  private void threadsOfListeners(Object callbacks) throws ReflectiveOperationException {
    int most =
        get(callbacks, "executor") instanceof ThreadPoolExecutor pool
            ? pool.getMaximumPoolSize()
            : Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    put("hub callbackExecutor", most);
  }

  private void server(TransportOptions options) throws ReflectiveOperationException {
    HttpOptions http = options.http();
    HandlerLimits handlers = http.handlers();
    LinkOptions links = options.links();
    put("server maxFragments", links.limits().maxFragments());
    put("server maxUnfinishedBytes", links.maxUnfinishedBytes());
    put("server minMessageBytesPerSecond", links.minMessageBytesPerSecond());
    put("server maxCompressionWindowBytes", links.maxCompressionWindowBytes());
    put("server sendBufferBytes", options.sockets().sendBufferBytes());
    put("server maxRequestHeadBytes", http.limits().maxHeadBytes());
    put("server maxRequestBodyBytes", http.limits().maxBodyBytes());
    put("server minRequestBodyBytesPerSecond", http.minBodyBytesPerSecond());
    put("server maxConcurrentExchanges", handlers.maxConcurrentExchanges());
    put("server bufferedRequestBytes", handlers.bufferedRequestBytes());
    put("server bufferedResponseBytes", handlers.bufferedResponseBytes());
    put("server maxBufferedBytes", handlers.maxBufferedBytes());
    put("server maxSlowPeers", handlers.maxSlowPeers());
    put("server maxConnections", options.peers().maxConnections());
    put("server maxConnectionsPerAddress", options.peers().maxPerAddress());
    put("server loops", options.loops());
    put(
        "server handlerExecutor",
        constant(SERVER + "internal.capacity.ServerThreads.HANDLER_THREADS"));
    put(
        "server handshakeExecutor",
        constant(SERVER + "internal.capacity.ServerThreads.HOOK_THREADS"));
    put("server handshakeTimeout", http.timeouts().handshake());
    put("server keepAliveTimeout", http.timeouts().keepAlive());
    put("server exchangeTimeout", http.timeouts().exchange());
    put("server pingInterval", links.timeouts().ping());
    put("server pongTimeout", links.timeouts().pong());
    put("server writeTimeout", options.sockets().writeTimeout());
    put("server closeTimeout", links.timeouts().close());
    put("fixed header lines", http.limits().maxFields());
    try (var threads = new ServerThreads(Optional.empty(), Optional.empty())) {
      put("fixed threads of TLS", get(get(threads, "computing"), "threads"));
    }
  }

  private void platform(Object options) throws ReflectiveOperationException {
    for (String name : Set.of("loops", "maxTextsPerSend", "minMessageBytesPerSecond")) {
      put("platform " + name, get(options, name));
    }
    LinkTimeouts timeouts = (LinkTimeouts) get(options, "timeouts");
    put("timeouts ping", timeouts.ping());
    put("timeouts pong", timeouts.pong());
    put("timeouts write", timeouts.write());
    put("timeouts close", timeouts.close());
  }

  private void topic(TopicOptions topic) {
    put("topic withMessages", topic.messages());
    put("topic withBytes", topic.bytes());
    put("topic withAge", topic.age());
    put("topic withMaxKeys", topic.maxKeys());
    put("topic withKeyAge", topic.keyAge());
    put("topic withPresence", topic.presence());
  }

  private void json(JsonLimits json) {
    put("JSON maxDepth", json.maxDepth());
    put("JSON maxLength", json.maxLength());
    put("JSON maxDigits", json.maxDigits());
  }

  private void fixed() throws ReflectiveOperationException {
    put(
        "fixed a client's messages that wait for listeners",
        constant(CORE + "internal.inbound.ClientQueue.MAX_WAITING_MESSAGES"));
    put(
        "fixed pending answers of a client",
        constant(CORE + "internal.inbound.ClientQueue.MAX_PENDING_ANSWERS"));
    put(
        "fixed answers that wait to be read",
        constant(CORE + "internal.refs.RefSessions.MAX_SENT_ANSWERS"));
    put(
        "fixed answers that a session keeps after it was sent them",
        constant(CORE + "internal.refs.RefSessions.MAX_SENT_ANSWERS"));
    put(
        "fixed answers that wait for a client",
        constant(CORE + "internal.session.ReadGate.MAX_REPLIES"));
    put(
        "fixed messages that wait for the hub on a platform that does not pause",
        CallbackLink.MAX_WAITING_MESSAGES);
    put(
        "fixed texts that are sent together",
        constant(CORE + "spi.CallbackLink.MAX_BYTES_PER_SEND"));
    put(
        "fixed pings that wait for their pong",
        constant(SERVER + "internal.ws.ControlQueue.MAX_PONGS"));
    put("fixed length of a ref", constant(CORE + "internal.control.ClientMessage.MAX_REF_CHARS"));
    put(
        "fixed remembered refs of a session",
        constant(CORE + "internal.refs.RefSessions.MAX_REPLIES"));
    put(
        "fixed time that a session is remembered",
        constant(CORE + "internal.refs.RefSessions.FORGET_AFTER"));
    put("fixed close reason", DisconnectReason.MAX_REASON_BYTES);
    put("fixed topics of a handshake", HandshakeQuery.MAX_TOPICS);
    put("fixed topic name", HandshakeQuery.MAX_TOPIC_BYTES);
    put("fixed kept request of a client", Handshake.MAX_REQUEST_CHARS);
    put("fixed user name", constant(CORE + "spi.HandshakeQuery.MAX_TOPIC_BYTES"));
    put("fixed topics with presence of one user", constant(CORE + "HubOptions.CLIENTS_OF_A_USER"));
    put("fixed revocations during one handshake", constant(CORE + "Revocations.MAX"));
    put("fixed messages to one client that wait", constant(CORE + "HubOptions.PRIVATE_MESSAGES"));
    put(
        "fixed messages to one client from other nodes",
        constant(CORE + "HubOptions.PRIVATE_MESSAGES"));
    put("fixed wait for an id that the node does not have yet", nanosOfNode("MAX_WAIT_NANOS"));
    put(
        "fixed answer that nodes tell each other",
        constant(CORE + "internal.inbound.KeptReply.MAX_ANSWER_BYTES"));
    put(
        "fixed silence of a node with present users",
        Duration.ofNanos((Long) constant(CORE + "internal.node.SharedPresence.DEAD_NANOS")));
    put("fixed silence of the engine until clients hear nothing", nanosOfNode("CURRENT_NANOS"));
    put("fixed silence of the engine until handshakes are refused", nanosOfNode("AVAILABLE_NANOS"));
    put("fixed wait of a full log for its clients", nanosOfNode("MAX_FULL_NANOS"));
    put("fixed key of a compacted topic", constant(CORE + "Compaction.MAX_KEY_CHARS"));
    put("fixed messages of one HubTopic.history", constant(CORE + "HubTopic.MAX_HISTORY"));
    put("fixed depth of a payload", constant(CORE + "json.JsonWriter.MAX_DEPTH"));
    put(
        "fixed rest of a body that no handler read",
        constant(SERVER + "internal.exchange.RequestBody.MAX_DISCARDED_BYTES"));
    put(
        "fixed chunk extensions",
        constant(SERVER + "internal.http.ChunkedDecoder.MAX_EXTENSION_BYTES"));
    put(
        "fixed trailer fields",
        constant(SERVER + "internal.http.ChunkedDecoder.MAX_TRAILER_BYTES"));
    put("fixed file of tls", constant(SERVER + "internal.certificates.PemFile.MAX_BYTES"));
    put(
        "fixed looks at the files of tls",
        constant(SERVER + "internal.certificates.CertificateFiles.CHECK_INTERVAL"));
    put(
        "fixed end of a certificate",
        constant(SERVER + "internal.certificates.CurrentCertificates.WARNING_TIME"));
    put(
        "fixed large messages that wait for compression",
        constant(CORE + "HubBuilder.MAX_WAITING_ENCODINGS"));
    put("fixed remembered refs, with their answers", rememberedBytes());
    put(
        "fixed sessions without a connection",
        constant(CORE + "internal.refs.RefSessions.MAX_IDLE_SESSIONS"));
    put(
        "fixed connections that wait to be accepted",
        constant(SERVER + "internal.socket.Acceptor.BACKLOG"));
    put("fixed text of a peer in a log", constant(CORE + "internal.logger.LogText.MOST_CHARS"));
    put(
        "fixed refused origins that are logged",
        constant(CORE + "internal.admission.FirstTimes.MOST"));
    put(
        "fixed kinds of warnings in a minute",
        constant(CORE + "internal.logger.Repeats.MOST_KINDS"));
  }

  private static Duration nanosOfNode(String name) throws ReflectiveOperationException {
    return Duration.ofNanos((Long) constant(CORE + "internal.node.Node." + name));
  }

  private static long rememberedBytes() throws ReflectiveOperationException {
    Method bytes =
        Class.forName(CORE + "internal.refs.RefSessions").getDeclaredMethod("maxBytesOfHeap");
    bytes.setAccessible(true);
    return (Long) bytes.invoke(null);
  }

  private void put(String name, Object value) {
    values.put(name, text(value));
  }

  private static String text(Object value) {
    if (value instanceof Duration time) {
      return Long.toString(time.toMillis());
    } else if (value instanceof OptionalInt number) {
      return number.isPresent() ? Integer.toString(number.getAsInt()) : LimitsTable.NONE;
    } else if (value instanceof Optional<?> any) {
      return any.map(Defaults::text).orElse(LimitsTable.NONE);
    }
    return value.toString();
  }

  private static Object noneIf(int none, Object value) {
    return value.equals(none) ? Optional.empty() : value;
  }

  private static Object get(Object owner, String field) throws ReflectiveOperationException {
    Field found = owner.getClass().getDeclaredField(field);
    found.setAccessible(true);
    return found.get(owner);
  }

  private static Object constant(String name) throws ReflectiveOperationException {
    int dot = name.lastIndexOf('.');
    Field found = Class.forName(name.substring(0, dot)).getDeclaredField(name.substring(dot + 1));
    found.setAccessible(true);
    return found.get(null);
  }
}
