package io.github.signalhub.jdkserver.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.FullLog;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.TestCertificate;
import io.github.signalhub.jdkserver.internal.capacity.PeerLimits;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.jdkserver.internal.socket.Acceptor;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The state of a server after a failure that cannot be logged. */
@Timeout(60)
class FullHeapIT {
  @Test
  void thePortStaysOpenWhenAConnectionCannotBeTaken() throws Exception {
    NioLoop loop = new NioLoop("loop-under-test");
    BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
    boolean[] failed = {false};
    Acceptor acceptor =
        Acceptor.bind(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            loop,
            channel -> {
              if (!failed[0]) {
                failed[0] = true;
                throw new OutOfMemoryError("on purpose");
              }
              taken.add(channel);
            });
    int port = acceptor.address().getPort();
    FullLog log = new FullLog(Acceptor.class);
    try {
      loop.start();
      loop.execute(acceptor::start);

      try (RawClient first = new RawClient(port)) {
        first.assertEnds();
      }
      try (RawClient second = new RawClient(port);
          SocketChannel channel = taken.poll(30, TimeUnit.SECONDS)) {
        assertThat(channel).isNotNull();
        assertThat(second.awaitsNothing(50)).isTrue();
      }
    } finally {
      log.close();
      loop.stop();
      assertThat(loop.awaitEnd(TimeUnit.SECONDS.toNanos(30))).isTrue();
    }
  }

  @Test
  void aConnectionGivesItsPlaceBackWhenItsPeerCannotBeToldOfTheEnd() throws Exception {
    TestCertificate certificate = TestCertificate.root("localhost");
    NioTransport transport =
        TestTransport.create(
            Optional.of(certificate.server()), new PeerLimits(1, OptionalInt.empty()));
    transport.start(Hub.create());
    FullLog log = new FullLog(SocketConnection.class);
    try {
      Socket first = new Socket(InetAddress.getLoopbackAddress(), transport.address().getPort());
      SSLSocketFactory sockets = certificate.trusting().getSocketFactory();
      ((SSLSocket) sockets.createSocket(first, "localhost", 0, false)).startHandshake();
      first.setSoLinger(true, 0);
      first.close();

      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      boolean served = false;
      while (!served && System.nanoTime() < deadline) {
        served = isServed(sockets, transport.address().getPort());
      }
      assertThat(served).isTrue();
    } finally {
      log.close();
      transport.stop();
    }
  }

  private static boolean isServed(SSLSocketFactory sockets, int port) {
    try (Socket next = new Socket(InetAddress.getLoopbackAddress(), port)) {
      ((SSLSocket) sockets.createSocket(next, "localhost", port, true)).startHandshake();
      return true;
    } catch (IOException e) {
      return false; // closed, because the first still counts
    }
  }
}
