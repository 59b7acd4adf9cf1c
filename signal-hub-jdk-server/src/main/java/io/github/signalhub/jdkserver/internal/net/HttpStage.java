package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpVersion;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.RequestHeadParser;
import io.github.signalhub.jdkserver.internal.ws.OriginPolicy.RequestScheme;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * A connection while it speaks HTTP. Reads one request head at a time, and the next one only when
 * the response to the last has ended, so answers come in the order of requests. Hands a request to
 * a handler's thread, or the connection to another stage.
 *
 * <pre>
 *   head ──request──▶ exchange ──response ended──▶ head
 *    │ │                 └──it cannot be followed──▶ (LingeringClose)
 *    │ └──handshake──▶ (HandshakeStage)
 *    └──unacceptable──▶ (RefusalStage)
 * </pre>
 *
 * <p>Confined to the loop.
 */
final class HttpStage implements Stage {
  private static final Logger LOG = System.getLogger(HttpStage.class.getName());
  private static final int MAX_ROUNDS = 4;
  private static final Set<String> BARE_METHODS = Set.of("GET", "HEAD");

  private final Endpoint endpoint;
  private final Shared shared;
  private final RequestHeadParser parser;
  private final TimerWheel.Timer deadline;
  private boolean first = true;
  private boolean draining;
  private Exchange exchange; // null while a head is read
  private Ending ending;

  private HttpStage(Endpoint endpoint, Shared shared) {
    this.endpoint = endpoint;
    this.shared = shared;
    this.parser = new RequestHeadParser(shared.options().httpLimits());
    this.deadline = endpoint.loop().timers().timer(() -> endpoint.run(this::tooLate));
  }

  /** Begins with a connection that was just accepted. */
  static void begin(Endpoint endpoint, Shared shared) throws IOException {
    HttpStage stage = new HttpStage(endpoint, shared);
    endpoint.open(stage);
    stage.startDeadline(shared.options().timeouts().handshake());
  }

  @Override
  public void receive(ByteBuffer in) throws IOException {
    if (exchange == null) {
      receiveHead(in);
    } else {
      exchange.request().feed(in);
    }
  }

  @Override
  public void inputEnded() {
    if (exchange == null) {
      endpoint.cut();
    } else if (!exchange.request().isFinished()) {
      exchange
          .request()
          .refuse(new HttpException(400, "the request ended too early (RFC 9112 §8)"));
    }
  }

  @Override
  public void writable() throws IOException {
    flush();
  }

  @Override
  public void drain() {
    draining = true;
    if (exchange == null && !parser.isInsideHead()) {
      endpoint.cut();
    }
  }

  @Override
  public void cut() {
    deadline.cancel();
    if (exchange != null) {
      exchange.lost();
    }
  }

  private void startDeadline(Duration after) {
    deadline.start(after.toNanos());
  }

  private void tooLate() throws IOException {
    if (parser.isInsideHead()) {
      refuse(new HttpException(408, "the request's head did not come in time"), true);
    } else {
      LOG.log(Level.DEBUG, "A connection was silent for too long and is closed");
      endpoint.cut();
    }
  }

  private void receiveHead(ByteBuffer in) throws IOException {
    boolean wasInside = parser.isInsideHead();
    RequestHead head = null;
    try {
      head = parser.parse(in);
      if (head != null) {
        deadline.cancel();
        begin(head);
      } else if (!first && !wasInside && parser.isInsideHead()) {
        startDeadline(shared.options().timeouts().handshake());
      }
    } catch (HttpException e) {
      refuse(e, head == null || !head.method().equals("HEAD"));
    }
  }

  private void refuse(HttpException refused, boolean withBody) throws IOException {
    deadline.cancel();
    RefusalStage.begin(endpoint, shared.clock(), refused, withBody);
  }

  /** Acts on a request, whose framing has to be clear whatever it asks for (RFC 9112 §6.3). */
  private void begin(RequestHead head) throws IOException {
    if (endpoint.lacksTls()) {
      throw new HttpException(400, "this port speaks TLS: use https: or wss:");
    }
    NetOptions options = shared.options();
    if (!options.hosts().admits(head.host())) {
      shared.hints().hostRefused(head.host());
      throw new HttpException(421, "this host is not served here (RFC 9110 §7.4)");
    }
    BodyFraming framing = BodyFraming.of(head, options.httpLimits().maxBodyBytes());
    Peer peer = peer(head);
    boolean webSocket = options.paths().contains(head.path());
    boolean upgrade = webSocket && Upgrade.isAskedFor(head);
    boolean handled = !webSocket || options.handlerPaths().contains(head.path());
    boolean ignoresUpgrade = head.version() == HttpVersion.HTTP_1_0; // RFC 9110 §7.8
    if (head.isForHttps() && peer.scheme() != RequestScheme.HTTPS) {
      throw new HttpException(421, "https resources are not served here (RFC 9110 §7.4)");
    }
    if (handled && (!upgrade || ignoresUpgrade)) {
      exchange(head, framing, peer);
    } else if (!head.hasStandardMethod()) {
      throw new HttpException(501, "the method is not known here (RFC 9110 §9.1)");
    } else if (upgrade) {
      HandshakeStage.begin(endpoint, shared, head, peer);
    } else if (BARE_METHODS.contains(head.method())) {
      throw new HttpException(
          426, "this path is a WebSocket", Map.of("Upgrade", "websocket", "Connection", "Upgrade"));
    } else {
      throw new HttpException(405, "this path is a WebSocket", Map.of("Allow", "GET, HEAD"));
    }
  }

  private Peer peer(RequestHead head) {
    NetOptions options = shared.options();
    Peer peer =
        Peer.of(
            head.headers(),
            endpoint.remoteAddress(),
            options.tls().isPresent(),
            options.peers().proxies());
    if (peer.source() == Peer.Source.CONTRADICTION) {
      shared.hints().contradicted(peer.address().getAddress().getHostAddress());
    }
    return peer;
  }

  private void exchange(RequestHead head, BodyFraming framing, Peer peer) {
    Exchange next = new Exchange(this, endpoint, shared, framing, peer);
    shared.offload(() -> shared.http().serve(head, framing, next));
    exchange = next;
    ending = null;
  }

  /** The handler has written something. */
  void responseReady(Exchange from) throws IOException {
    if (from == exchange) {
      flush();
    }
  }

  /** The handler is done; what it has written may still be on its way. */
  void exchangeEnded(Exchange ended, Ending how) throws IOException {
    if (ended == exchange) {
      ending = how;
      if (how == Ending.ABORT) {
        endpoint.reset();
      } else {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    if (exchange == null || endpoint.isWriteBlocked()) {
      return;
    }
    ResponsePipe response = exchange.response();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      ByteBuffer out = endpoint.loop().writeBuffer().clear();
      int filled = response.peek(out);
      if (filled == 0) {
        responseSent();
        return;
      }
      int written = endpoint.write(out.flip());
      response.consume(written);
      if (written < filled) {
        return;
      }
    }
    endpoint.loop().execute(() -> endpoint.run(this::flush)); // others get their turn
  }

  private void responseSent() throws IOException {
    if (ending == null) {
      return;
    }
    boolean reusable = ending == Ending.REUSE && exchange.request().isFinished();
    exchange = null;
    first = false;
    if (!reusable || draining || endpoint.isInputEnded()) {
      LingeringClose.begin(endpoint);
    } else {
      startDeadline(shared.options().timeouts().keepAlive());
      endpoint.resume();
    }
  }
}
