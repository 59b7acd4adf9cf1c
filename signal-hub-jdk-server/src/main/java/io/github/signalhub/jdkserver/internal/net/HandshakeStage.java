package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.admission.Admission.Candidate;
import io.github.signalhub.admission.Admission.Visitor;
import io.github.signalhub.admission.Verdict;
import io.github.signalhub.admission.Verdict.Admitted;
import io.github.signalhub.admission.Verdict.Refused;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
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
  private final Candidate candidate;
  private final TimerWheel.Timer deadline;
  private final long address;
  private final FairShares.Holding place;
  private Workers.Job job; // null until the hook is asked

  private HandshakeStage(Endpoint endpoint, Shared shared, Upgrade upgrade, Candidate candidate) {
    this.endpoint = endpoint;
    this.shared = shared;
    this.upgrade = upgrade;
    this.candidate = candidate;
    this.deadline = endpoint.loop().timers().timer(() -> endpoint.run(this::tooLate));
    this.address = Census.key(upgrade.client().getAddress());
    this.place = shared.capacity().handshakes().holding(address);
  }

  /**
   * Begins with a handshake, and ends at once if there is no hook.
   *
   * @throws HttpException if it is refused without the hook
   */
  static void begin(Endpoint endpoint, Shared shared, RequestHead head, Visitor visitor)
      throws IOException {
    throwIf(Admission.stopping(shared.transport()));
    Upgrade upgrade = Upgrade.check(head, shared, visitor.remoteAddress());
    Admission admission = shared.options().admission();
    Candidate candidate = admission.check(visitor, shared.transport());
    throwIf(candidate.refusal());
    if (visitor.isProxied()) {
      takeSeat(endpoint, shared, upgrade);
    }
    HandshakeStage stage = new HandshakeStage(endpoint, shared, upgrade, candidate);
    if (admission.hasHook()) {
      stage.ask();
    } else {
      stage.decided(stage.decide());
    }
  }

  /** Throws how a request is refused, if it is. */
  static void throwIf(Optional<Refused> refusal) {
    if (refusal.isPresent()) {
      Refused refused = refusal.get();
      throw new HttpException(refused.status(), refused.reason(), refused.fields());
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

  private static void takeSeat(Endpoint endpoint, Shared shared, Upgrade upgrade) {
    Census.Seat seat = shared.census().enterAs(upgrade.client().getAddress());
    if (seat == null) {
      throw new HttpException(429, "too many connections of this address");
    }
    endpoint.keep(seat);
  }

  private void ask() {
    if (!place.tryTake(1)) {
      throw tooMany();
    }
    try {
      job = shared.capacity().hooks().submit(address, this::decideAndTell);
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
        .refuse(Refusals.Reason.HANDSHAKES, endpoint.loop(), upgrade.client());
  }

  /** Gives up waiting for a thread; returns whether the hook did not begin. */
  private boolean withdraw() {
    if (job == null || !shared.capacity().hooks().withdraw(job)) {
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
    endpoint.loop().execute(() -> endpoint.run(() -> decided(verdict)));
  }

  private Verdict decide() {
    return shared.options().admission().decide(candidate, shared.registrar());
  }

  private void tooLate() throws IOException {
    if (withdraw()) {
      RefusalStage.begin(endpoint, shared.clock(), tooMany(), true);
    } else {
      LOG.log(Level.DEBUG, "A handshake was not decided in time: its connection is closed");
      endpoint.cut();
    }
  }

  private void decided(Verdict verdict) throws IOException {
    deadline.cancel();
    try {
      throwIf(Admission.stopping(shared.transport())); // or the drain would miss this client
      if (verdict instanceof Refused refused) {
        throwIf(Optional.of(refused));
      }
      open(((Admitted) verdict).handshake());
    } catch (HttpException e) {
      RefusalStage.begin(endpoint, shared.clock(), e, true);
    }
  }

  private void open(Handshake handshake) throws IOException {
    WebSocketLink link = new WebSocketLink(endpoint, shared, upgrade);
    try {
      link.register(handshake);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The hub did not take a client that was admitted", e);
      throw new HttpException(500, "Internal Server Error");
    }
    endpoint.become(link);
    link.begin();
    endpoint.resume();
  }
}
