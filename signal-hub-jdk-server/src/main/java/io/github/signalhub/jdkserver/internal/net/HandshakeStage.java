package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * A connection that asks for a WebSocket, while the application's hook decides. What the client
 * sends meanwhile waits. Then comes a {@link WebSocketLink} or a {@link RefusalStage}.
 *
 * <p>Confined to the loop.
 */
final class HandshakeStage implements Stage {
  private static final HubLogger LOG = HubLogger.of(HandshakeStage.class);

  private final Endpoint endpoint;
  private final Shared shared;
  private final Upgrade upgrade;
  private final TimerWheel.Timer deadline;
  private final long address;
  private final FairShares.Holding place;
  private Workers.Job job; // null until the hook is asked

  private HandshakeStage(Endpoint endpoint, Shared shared, Upgrade upgrade) {
    this.endpoint = endpoint;
    this.shared = shared;
    this.upgrade = upgrade;
    this.deadline = endpoint.loop().timers().timer(() -> endpoint.run(this::tooLate));
    this.address = Census.key(upgrade.peer().address().getAddress());
    this.place = shared.capacity().handshakes().holding(address);
  }

  /**
   * Begins with a handshake, and ends at once if there is no hook.
   *
   * @throws HttpException if it is refused without the hook
   */
  static void begin(Endpoint endpoint, Shared shared, RequestHead head, Peer peer)
      throws IOException {
    requireIntake(shared);
    Upgrade upgrade = Upgrade.check(head, shared, peer);
    if (peer.source() != Peer.Source.CONNECTION) {
      takeSeat(endpoint, shared, peer);
    }
    HandshakeStage stage = new HandshakeStage(endpoint, shared, upgrade);
    if (shared.admission().isPresent()) {
      stage.ask(shared.admission().get());
    } else if (upgrade.query().topics().isEmpty()) {
      stage.open(Admission.Admitted.ANONYMOUS, shared.registrar().revocations());
    } else {
      throw new HttpException(403, "topics cannot be asked for here");
    }
  }

  @Override
  public void receive(ByteBuffer in) {}

  @Override
  public void inputEnded() {
    endpoint.cut();
  }

  @Override
  public void writable() {}

  @Override
  public void drain() {}

  @Override
  public void cut() {
    deadline.cancel();
    withdraw();
  }

  private static void requireIntake(Shared shared) {
    shared
        .intake()
        .retryAfter()
        .ifPresent(
            seconds -> {
              throw new HttpException(
                  503, "the server is stopping", Map.of("Retry-After", seconds));
            });
  }

  private static void takeSeat(Endpoint endpoint, Shared shared, Peer peer) {
    Census.Seat seat = shared.census().enterAs(peer.address().getAddress());
    if (seat == null) {
      throw new HttpException(429, "too many connections of this address");
    }
    endpoint.keep(seat);
  }

  private void ask(Admission admission) {
    Admission.Request request =
        new Admission.Request(upgrade.head(), upgrade.query(), upgrade.peer().address());
    if (!place.tryTake(1)) {
      throw tooMany();
    }
    try {
      job = shared.capacity().hooks().submit(address, () -> decideAndTell(admission, request));
    } catch (RejectedExecutionException e) {
      place.end();
      throw tooMany();
    }
    endpoint.become(this);
    deadline.start(shared.options().timeouts().handshake().toNanos());
  }

  private HttpException tooMany() {
    return shared
        .capacity()
        .refusals()
        .refuse(Refusals.Reason.HANDSHAKES, endpoint.loop(), upgrade.peer().address());
  }

  /** Gives up waiting for a thread; returns whether the hook did not begin. */
  private boolean withdraw() {
    if (job == null || !shared.capacity().hooks().withdraw(job)) {
      return false;
    }
    place.end();
    return true;
  }

  private void decideAndTell(Admission admission, Admission.Request request) {
    long since = shared.registrar().revocations(); // before the hook looks anything up
    Admission.Verdict verdict;
    try {
      verdict = decide(admission, request);
    } finally {
      place.end();
    }
    endpoint.loop().execute(() -> endpoint.run(() -> decided(verdict, since)));
  }

  private static Admission.Verdict decide(Admission admission, Admission.Request request) {
    try {
      return admission.decide(request);
    } catch (Throwable t) { // an Error of the hook must leave the client an answer, too
      LOG.log(Level.WARNING, "The handshake hook failed", t);
      return new Admission.Denied(500, "Internal Server Error");
    }
  }

  private void tooLate() throws IOException {
    if (withdraw()) {
      RefusalStage.begin(endpoint, shared.clock(), tooMany(), true);
    } else {
      LOG.log(Level.DEBUG, "A handshake was not decided in time: its connection is closed");
      endpoint.cut();
    }
  }

  private void decided(Admission.Verdict verdict, long since) throws IOException {
    deadline.cancel();
    try {
      requireIntake(shared);
      if (verdict instanceof Admission.Denied denied) {
        throw new HttpException(denied.status(), denied.reason());
      }
      open((Admission.Admitted) verdict, since);
    } catch (HttpException e) {
      RefusalStage.begin(endpoint, shared.clock(), e, true);
    }
  }

  private void open(Admission.Admitted admitted, long since) throws IOException {
    WebSocketLink link = new WebSocketLink(endpoint, shared, upgrade);
    try {
      link.register(upgrade.handshake(admitted, since));
    } catch (IllegalArgumentException e) {
      boolean asked = upgrade.query().topics().containsAll(admitted.topics());
      if (asked && !admitted.topics().isEmpty()) { // else it is not the client's fault
        LOG.log(Level.DEBUG, "The hub does not take what a client asked for: {0}", e.getMessage());
        throw new HttpException(400, "the hub takes fewer topics of a client");
      }
      LOG.log(Level.WARNING, "The hub did not take what the handshake hook granted", e);
      throw new HttpException(500, "Internal Server Error");
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The hub did not take a client that was admitted", e);
      throw new HttpException(500, "Internal Server Error");
    }
    endpoint.become(link);
    link.begin();
    endpoint.resume();
  }
}
