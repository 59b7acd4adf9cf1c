package io.github.signalhub.testkit.contract;

import io.github.signalhub.Awaiting;
import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A {@link CallbackTransport} over a fake platform, a {@link CallbackPeer}. */
final class CallbackHarness implements TransportHarness {
  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "loop");
            thread.setDaemon(true);
            return thread;
          });
  private final CallbackTransport transport;
  private final List<CallbackPeer> peers = new CopyOnWriteArrayList<>();
  private final Supplier<CallbackPeer> newPeer;
  private Hub hub;

  CallbackHarness(Supplier<CallbackPeer> newPeer) {
    this(newPeer, options -> options);
  }

  CallbackHarness(
      Supplier<CallbackPeer> newPeer, UnaryOperator<CallbackTransport.Builder> options) {
    this.newPeer = newPeer;
    transport = options.apply(CallbackTransport.builder("fake", executor).loops(2)).build();
  }

  @Override
  public Hub open(HubBuilder options) throws Exception {
    hub = options.build();
    hub.attach(transport);
    return hub;
  }

  @Override
  public Peer connect(Handshake handshake) throws IOException {
    CallbackPeer peer = newPeer.get();
    try {
      peer.opened(transport.open(handshake, peer));
      peers.add(peer);
    } catch (IllegalStateException e) {
      throw new IOException(e);
    }
    return peer;
  }

  @Override
  public void await(BooleanSupplier condition) throws InterruptedException {
    Awaiting.await(() -> peers.forEach(CallbackPeer::pump), condition);
  }

  @Override
  public void close() {
    hub.close(Duration.ZERO);
    peers.forEach(CallbackPeer::end);
    executor.shutdown();
  }
}
