package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.Admission.Candidate;
import io.github.signalhub.admission.Admission.Visitor;
import io.github.signalhub.admission.Verdict;
import io.github.signalhub.admission.Verdict.Admitted;
import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.Workers;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.link.WebSocketLink;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import io.github.signalhub.jdkserver.internal.socket.ConnectionStage;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/**
 * A connection that asks for a WebSocket, while the application's hook decides. Bytes that the
 * client sends meanwhile wait. The next stage is a {@link WebSocketLink} or a {@link RefusalStage}.
 *
 * <p>Confined to the loop.
 */
final class HandshakeStage implements ConnectionStage {
  private static final HubLogger LOG = HubLogger.of(HandshakeStage.class);

  private final SocketConnection connection;
  private final ServerContext context;
  private final WebSocketHandshake handshake;
  private final Candidate candidate;
  private final TimerWheel.Timer deadline;
  private final long address;
  private final FairShares.Holding place;
  private Workers.Job job; // null until the hook is asked

  private HandshakeStage(
      SocketConnection connection,
      ServerContext context,
      WebSocketHandshake handshake,
      Candidate candidate) {
    this.connection = connection;
    this.context = context;
    this.handshake = handshake;
    this.candidate = candidate;
    this.deadline = connection.loop().timers().timer(() -> connection.run(this::tooLate));
    this.address = AddressKey.of(candidate.remoteAddress().getAddress());
    this.place = context.capacity().handshakes().holding(address);
  }

  /** Begins with a handshake, and ends at once if there is no hook, or if it is refused so far. */
  static void begin(
      SocketConnection connection, ServerContext context, RequestHead head, Visitor visitor)
      throws IOException {
    try {
      check(connection, context, head, visitor);
    } catch (HttpException e) {
      refuse(connection, context, e, !head.method().equals("HEAD"));
    }
  }

  private static void check(
      SocketConnection connection, ServerContext context, RequestHead head, Visitor visitor)
      throws IOException {
    throwIf(Admission.stopping(context.transport()));
    InetSocketAddress client = visitor.remoteAddress();
    WebSocketHandshake handshake =
        WebSocketHandshake.of(
            head, context.links().compression().policy(AddressKey.of(client.getAddress())));
    Admission admission = context.options().admission();
    Candidate candidate = admission.check(visitor, context.transport());
    throwIf(candidate.refusal());
    if (visitor.isProxied() && !context.tryCount(connection, client.getAddress())) {
      throw new HttpException(429, "too many connections of this address");
    }
    HandshakeStage stage = new HandshakeStage(connection, context, handshake, candidate);
    if (admission.hasHook()) {
      stage.ask();
    } else {
      stage.decided(stage.decide());
    }
  }

  private static void refuse(
      SocketConnection connection, ServerContext context, HttpException refused, boolean withBody)
      throws IOException {
    RefusalStage.begin(
        connection,
        context.clock(),
        refused,
        withBody,
        context.capacity().counts().refusedHandshakes());
  }

  /**
   * Does nothing unless a request is refused.
   *
   * @throws HttpException the refusal
   */
  static void throwIf(Optional<Refused> refusal) {
    if (refusal.isPresent()) {
      Refused refused = refusal.get();
      throw new HttpException(refused.status(), refused.reason(), refused.headers());
    }
  }

  @Override
  public void receive(ByteBuffer in) {}

  @Override
  public void inputEnded() {
    connection.cut();
  }

  @Override
  public void writable() {}

  @Override
  public void drain() {}

  @Override
  public void ended() {
    deadline.cancel();
    withdraw();
  }

  private void ask() {
    if (!place.tryTake(1)) {
      throw tooMany(Refusals.Reason.HANDSHAKES);
    }
    try {
      job = context.capacity().hooks().submit(address, this::decideAndTell);
    } catch (RejectedExecutionException e) {
      place.end();
      throw tooMany(Refusals.Reason.HOOK_THREADS);
    }
    connection.become(this);
    deadline.start(context.options().timeouts().handshake().toNanos());
  }

  private HttpException tooMany(Refusals.Reason reason) {
    return context
        .capacity()
        .refusals()
        .refuse(reason, connection.loop(), candidate.remoteAddress());
  }

  /** Gives up waiting for a thread; returns whether the hook did not begin. */
  private boolean withdraw() {
    if (job == null || !context.capacity().hooks().withdraw(job)) {
      return false;
    }
    place.end();
    return true;
  }

  private void decideAndTell() {
    Verdict verdict;
    try {
      verdict = decide();
    } finally {
      place.end();
    }
    connection.loop().execute(() -> connection.run(() -> decided(verdict)));
  }

  private Verdict decide() {
    return context.options().admission().decide(candidate, context.links().registrar());
  }

  private void tooLate() throws IOException {
    if (withdraw()) {
      refuse(connection, context, tooMany(Refusals.Reason.HOOK_THREADS), true);
    } else {
      context.hit(Limit.HANDSHAKE_TIMEOUT);
      LOG.log(Level.DEBUG, "A handshake was not decided in time: its connection is closed");
      connection.cut();
    }
  }

  private void decided(Verdict verdict) throws IOException {
    deadline.cancel();
    try {
      throwIf(Admission.stopping(context.transport())); // or the drain would miss this client
      throwIf(verdict.refusal());
      open((Admitted) verdict);
    } catch (HttpException e) {
      refuse(connection, context, e, true);
    }
  }

  private void open(Admitted admitted) throws IOException {
    WebSocketLink link =
        new WebSocketLink(
            connection,
            context.links(),
            candidate.remoteAddress(),
            handshake.deflate(),
            handshake.response(admitted.subprotocol()));
    try {
      link.register(admitted.handshake());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The hub did not take a client that was admitted", e);
      throw new HttpException(500, "Internal Server Error");
    }
    connection.become(link);
    link.begin();
    connection.resume();
  }
}
