package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.admission.HandshakeRequest;
import io.github.signalhub.contract.Peer;
import io.github.signalhub.contract.TransportContract;
import io.github.signalhub.contract.TransportHarness;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The contract of all transports, over real sockets. */
class SignalServerContractIT extends TransportContract {
  @Override
  protected TransportHarness newHarness() {
    return new ServerHarness();
  }

  private static final class ServerHarness implements TransportHarness {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<SocketPeer> peers = new ArrayList<>();
    private Hub hub;
    private SignalServer server;

    @Override
    public Hub open(HubBuilder options) throws IOException {
      hub = options.build();
      server =
          SignalServer.builder(hub).port(OwnPort.next()).handshake(ServerHarness::admit).start();
      return hub;
    }

    private static HandshakeDecision admit(HandshakeRequest request) {
      HandshakeDecision decision = HandshakeDecision.accept().topics(request.topics());
      return request.parameter("user").map(decision::user).orElse(decision);
    }

    @Override
    public Peer connect(Handshake handshake) throws IOException {
      StringBuilder target = new StringBuilder("/ws?a");
      handshake.user().ifPresent(user -> add(target, "user", user));
      handshake.topics().forEach(topic -> add(target, "topic", topic));
      handshake.after().ifPresent(after -> add(target, "after", after));
      if (handshake.controlMessages()) {
        add(target, "signal-hub", "1");
      }
      RawClient client = new RawClient(server.port());
      client.send(RawClient.handshake(target.toString()));
      if (client.readAnswer().status() != 101) {
        throw new IOException("refused");
      }
      SocketPeer peer = new SocketPeer(client);
      peers.add(peer);
      return peer;
    }

    private static void add(StringBuilder target, String name, String value) {
      target.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8));
    }

    @Override
    public void await(BooleanSupplier condition) {
      long start = System.nanoTime();
      while (!condition.getAsBoolean() && System.nanoTime() - start < PATIENCE_NANOS) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }

    @Override
    public void close() throws IOException {
      server.stop(Duration.ZERO);
      hub.close(Duration.ZERO);
      for (SocketPeer peer : peers) {
        peer.cut();
      }
    }
  }

  /** A client with a thread that reads and one that writes. */
  private static final class SocketPeer implements Peer {
    private final RawClient client;
    private final List<String> received = new ArrayList<>();
    private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
    private final AtomicInteger unsent = new AtomicInteger();
    private boolean stalled;
    private OptionalInt closeCode = OptionalInt.empty();

    private SocketPeer(RawClient client) {
      this.client = client;
      daemon(this::read);
      daemon(this::write);
    }

    private static void daemon(Runnable task) {
      Thread thread = new Thread(task, "peer");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public synchronized List<String> received() {
      return List.copyOf(received);
    }

    @Override
    public synchronized void stall() {
      stalled = true;
    }

    @Override
    public synchronized void resume() {
      stalled = false;
      notifyAll();
    }

    @Override
    public void send(String text) {
      unsent.incrementAndGet();
      frames.add(RawClient.text(text));
    }

    @Override
    public void sendBinary(byte[] bytes) {
      unsent.incrementAndGet();
      frames.add(RawClient.frame(0x82, bytes));
    }

    @Override
    public int unsent() {
      return unsent.get();
    }

    @Override
    public void close(CloseReason reason) {
      byte[] text = reason.reason().getBytes(UTF_8);
      ByteBuffer payload = ByteBuffer.allocate(2 + text.length);
      payload.putShort((short) reason.code()).put(text);
      unsent.incrementAndGet();
      frames.add(RawClient.frame(0x88, payload.array()));
    }

    @Override
    public void cut() {
      try {
        client.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public synchronized OptionalInt closeCode() {
      return closeCode;
    }

    private void read() {
      try {
        while (true) {
          awaitReading();
          RawClient.Frame frame = client.readFrame();
          if (frame.opcode() == 8) {
            ended(frame.closeCode());
            frames.add(RawClient.frame(0x88, frame.payload()));
          } else {
            arrived(frame);
          }
        }
      } catch (IOException | InterruptedException e) {
        ended(CloseReason.ABNORMAL.code());
      }
    }

    private synchronized void awaitReading() throws InterruptedException {
      while (stalled) {
        wait();
      }
    }

    private synchronized void arrived(RawClient.Frame frame) {
      received.add(frame.text());
    }

    private synchronized void ended(int code) {
      closeCode = closeCode.isPresent() ? closeCode : OptionalInt.of(code);
    }

    private void write() {
      try {
        while (true) {
          client.send(frames.take());
          unsent.decrementAndGet();
        }
      } catch (IOException | InterruptedException e) {
        // the connection has ended; read() tells how
      }
    }
  }
}
