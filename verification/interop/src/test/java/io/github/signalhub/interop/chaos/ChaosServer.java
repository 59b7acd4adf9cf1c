package io.github.signalhub.interop.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A hub that evicts nothing, its server, which serves an empty page too, and a proxy. */
final class ChaosServer implements AutoCloseable {
  private static final TopicOptions ALL =
      TopicOptions.DEFAULT
          .withMessages(10_000_000)
          .withBytes(128 << 20)
          .withAge(Duration.ofHours(1));

  private final Hub hub;
  private final SignalServer server;
  private final ChaosProxy proxy;

  private ChaosServer(Hub hub, SignalServer server, ChaosProxy proxy) {
    this.hub = hub;
    this.server = server;
    this.proxy = proxy;
  }

  /** Starts a server. {@link ChaosProxy#start} describes the arguments. */
  static ChaosServer start(long seed, long meanBytes, boolean silentAtFirst) throws IOException {
    Hub hub =
        Hub.builder()
            .maxLogBytes(256 << 20)
            .topicDefaults(ALL)
            .broadcasts(ALL)
            .topic(
                Published.TABLE,
                ALL.compactBy(
                    row -> (String) cell(row, "key"), row -> cell(row, "gone").equals(true)))
            .authorizeJoins((client, topic) -> true)
            .syncInterval(Duration.ofMillis(400))
            .build();
    SignalServer server =
        SignalServer.builder(hub)
            .port(0)
            .allowAnyOrigin()
            .context("/", ChaosServer::answerEmptyPage)
            .handshake(request -> HandshakeDecision.accept().topics(request.topics()))
            .pingInterval(Duration.ofMillis(500))
            .pongTimeout(Duration.ofSeconds(1))
            .writeTimeout(Duration.ofSeconds(2))
            .start();
    return new ChaosServer(
        hub, server, ChaosProxy.start(server.port(), seed, meanBytes, silentAtFirst));
  }

  Hub hub() {
    return hub;
  }

  int port() {
    return server.port();
  }

  ChaosProxy proxy() {
    return proxy;
  }

  /** Returns the number of links and of their endings, in words. */
  String fareOfLinks() {
    Map<LinkPlan.End, Integer> ends = new EnumMap<>(LinkPlan.End.class);
    for (LinkPlan.End end : LinkPlan.End.values()) {
      ends.put(end, proxy.ended(end));
    }
    return "%,d links, %,d of them cut %s".formatted(proxy.links(), proxy.cuts(), ends);
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("await " + what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5); // until the condition holds
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    hub.close(Duration.ZERO);
  }

  private static Object cell(Message row, String name) {
    return ((Map<?, ?>) row.payload()).get(name);
  }

  private static void answerEmptyPage(HttpExchange exchange) throws IOException {
    byte[] body = "<!doctype html><title>chaos</title><body></body>".getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
