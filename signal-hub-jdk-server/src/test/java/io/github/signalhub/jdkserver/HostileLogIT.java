package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.RefusedException;
import io.github.signalhub.admission.HandshakeDecision;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Text of a peer in a log forges no line, moves no cursor, and is no pattern of the logger. */
@Timeout(120)
class HostileLogIT {
  private static final String FORGED = "FORGED";
  private static final String BRACES = "{0} {} %s %n ${env:HOME}";

  /** Characters that end a line, move a cursor or turn text around, and patterns of loggers. */
  private static final String HOSTILE =
      "x\r\nFORGED\u001b[2J\u0000\u007f\u0085FORGED\u009b1m\u2028FORGED\u2029FORGED\u202e\u2066 "
          + BRACES;

  private static final String IN_QUERY = URLEncoder.encode(HOSTILE, UTF_8);
  private static final String IN_JSON =
      "x\\r"
          + "\\n"
          + "FORGED\\u001b[2J\\u0000\\u007f\\u0085FORGED\\u009b1m\u2028FORGED\u2029FORGED\u202e\u2066"
          + " "
          + BRACES;

  private final RecordedLog log = new RecordedLog(Level.ALL);
  private final Hub hub =
      Hub.builder()
          .authorizeJoins(
              (client, topic) -> {
                throw new IllegalStateException("no number: " + topic);
              })
          .build();
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
    log.close();
  }

  @Test
  void whateverAPeerSaysStandsEscapedInOneLine() throws Exception {
    start();

    requests();
    handshakes();
    messages();
    closes();

    hub.close(Duration.ofSeconds(5));
    log.awaitCount("x\\u000d\\u000aFORGED\\u001b[2J", 7); // some are logged after the answer
    log.awaitCount(BRACES, 7);
    for (String entry : log.entries()) {
      assertThat(entry).as("characters").doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");
      assertThat(entry).as("characters").doesNotContain("\u2028").doesNotContain("\u2029");
      assertThat(entry.lines()).as("lines").noneMatch(line -> line.strip().startsWith(FORGED));
    }
  }

  private void start() throws IOException {
    hub.addListener(
        new HubListener() {
          @Override
          public void onMessage(io.github.signalhub.Client client, Message message) {
            if (message.payload() instanceof String reason) {
              throw new RefusedException("refused", reason);
            }
            throw new IllegalStateException(
                message.type() + message.payload(), new IOException(message.type()));
          }

          @Override
          public void onText(io.github.signalhub.Client client, String text) {
            throw new IllegalArgumentException(text);
          }

          @Override
          public void onDisconnect(
              io.github.signalhub.Client client,
              io.github.signalhub.connection.DisconnectReason reason) {
            IllegalStateException failure = new IllegalStateException("left");
            failure.addSuppressed(new IllegalStateException(reason.reason()));
            throw failure;
          }
        });
    server =
        SignalServer.builder(hub)
            .port(0)
            .trustedProxies("127.0.0.1")
            .allowedHosts("localhost")
            .handshake(
                request -> {
                  if (request.parameter("fail").isPresent()) {
                    throw new NumberFormatException(request.parameter("fail").get());
                  }
                  if (request.parameter("refuse").isPresent()) {
                    return HandshakeDecision.refuse(403, request.parameter("refuse").get());
                  }
                  HandshakeDecision decision = HandshakeDecision.accept();
                  return request.parameter("user").isPresent()
                      ? decision.user(request.parameter("user").get())
                      : decision.topics(request.topics());
                })
            .context(
                "/fail",
                exchange -> {
                  throw new IOException(
                      exchange.getRequestURI().getPath()
                          + exchange.getRequestURI().getQuery()
                          + exchange.getRequestHeaders().getFirst("X-Said"));
                })
            .start();
  }

  /** Requests whose line, path, query, fields and body are hostile. */
  private void requests() throws Exception {
    String path = "/fail/" + IN_QUERY.replace("+", "%20");
    answer("GET " + path + "?q=" + IN_QUERY + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 500);
    log.awaitCount("The handler of /fail failed", 1); // before another failure of the same kind
    answer("GET /fail HTTP/1.1\r\nHost: localhost\r\nX-Said: \u0085" + BRACES + "\r\n\r\n", 500);
    answer("GET /fail HTTP/1.1\r\nHost: localhost\r\nX-Said: \u001b[2J\r\n\r\n", 400);
    answer("GET /\u001b[2JFORGED HTTP/1.1\r\nHost: localhost\r\n\r\n", 400);
    answer("G\u001bT / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400);
    answer("GET / HTTP/1.1\r\nHost: \u001b[2J" + BRACES + "\r\n\r\n", 400);
    answer("GET / HTTP/1.1\r\nHost: evil.example" + "\r\n\r\n", 421);
    answer("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: \u0085" + BRACES + "\r\n\r\n", 417);
    answer("POST /fail HTTP/1.1\r\nHost: localhost\r\nContent-Length: \u0085\r\n\r\n", 400);
    answer(
        "POST /fail HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\u0085\r\n",
        400);
  }

  /** Handshakes whose user, topic, origin and other fields are hostile. */
  private void handshakes() throws IOException {
    answer(RawClient.handshake("/ws?fail=" + IN_QUERY), 500);
    answer(RawClient.handshake("/ws?refuse=" + IN_QUERY), 403);
    answer(RawClient.handshake("/ws?user=" + IN_QUERY.repeat(20)), 400);
    answer(RawClient.handshake("/ws?session=" + IN_QUERY), 400);
    answer(RawClient.handshake("/ws?after=" + IN_QUERY), 101);
    answer(RawClient.handshake("/ws?user=" + IN_QUERY), 101);
    answer(RawClient.handshake("/ws?topic=" + IN_QUERY), 101);
    for (String field :
        new String[] {
          "Origin: http://\u0085FORGED" + BRACES,
          "Origin: http://\u00adFORGED" + BRACES,
          "Forwarded: for=\u0085" + BRACES,
          "X-Forwarded-Host: \u0085" + BRACES,
          "Sec-WebSocket-Protocol: \u0085" + BRACES,
          "Sec-WebSocket-Extensions: \u0085" + BRACES
        }) {
      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws", field));
        assertThat(client.readAnswer().status()).as(field).isIn(101, 400, 403);
      }
    }
    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.handshake("/ws", "X-Forwarded-For: 1.1.1.1", "Forwarded: for=\u0085"));
      assertThat(client.readAnswer().status()).isIn(101, 400);
    }
  }

  /** Messages whose type, payload, reference, topic and form are hostile. */
  private void messages() throws Exception {
    try (RawClient client = RawClient.webSocket(server.port(), "/ws?signal-hub=1&user=u")) {
      client.send(RawClient.text(HOSTILE));
      client.send(RawClient.text("{\"type\":\"" + IN_JSON + "\",\"payload\":1}"));
      client.send(RawClient.text("{\"type\":\"T\",\"payload\":{\"" + IN_JSON + "\":1}}"));
      client.send(RawClient.text("{\"type\":\"T\",\"payload\":\"" + IN_JSON + "\"}"));
      client.send(RawClient.text("{\"type\":\"T\",\"ref\":\"" + IN_JSON.substring(0, 40) + "\"}"));
      client.send(RawClient.text("{\"type\":\"$" + IN_JSON + "\"}"));
      client.send(
          RawClient.text("{\"type\":\"$join\",\"payload\":{\"topic\":\"" + IN_JSON + "\"}}"));
      log.awaitCount("A listener failed", 1);
      log.awaitCount("no number", 1);
      log.awaitCount("IllegalArgumentException: x\\u000d", 1);
    }
  }

  /** Close frames with hostile reasons, and faults of the protocol. */
  private void closes() throws Exception {
    String reason = HOSTILE.substring(0, 40) + BRACES;
    long before = log.count("Client disconnected");
    try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      client.send(RawClient.close(4000, reason));
      assertThat(client.readToClose()).isEqualTo(4000);
    }
    try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      client.send(RawClient.close(1, HOSTILE.substring(0, 40)));
      assertThat(client.readToClose()).isEqualTo(1002);
    }
    log.awaitCount("Client disconnected", before + 2);
    log.awaitCount("(4000 x\\u000d\\u000aFORGED", 1); // earlier clients may end only now
    assertThat(log.count("(4000 x\\u000d\\u000aFORGED")).isEqualTo(1);
  }

  private void answer(String request, int status) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send(request);
      assertThat(client.readAnswer().status()).as(request).isEqualTo(status);
    }
  }
}
