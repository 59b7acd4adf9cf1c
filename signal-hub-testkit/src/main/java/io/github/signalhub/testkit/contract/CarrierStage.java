package io.github.signalhub.testkit.contract;

import java.io.IOException;
import java.time.Duration;

/** The stage of a case over sockets. Used by one thread. */
final class CarrierStage extends Stage {
  static final Duration LONG = Duration.ofSeconds(60);
  private static final int SMALL_BUFFER_BYTES = 128 << 10;

  /** For clients that read little: with a window smaller than a packet, reading is slow. */
  private static final int TINY_BUFFER_BYTES = 4 << 10;

  final SocketHarness sockets;

  CarrierStage(CarrierStart start, Duration patience) {
    this(new SocketHarness(start, patience));
  }

  private CarrierStage(SocketHarness sockets) {
    super(sockets);
    this.sockets = sockets;
  }

  /** Connects a peer and waits until the listener knows it. */
  SocketPeer peer(String query) throws Exception {
    return peer(query, 0);
  }

  /** As {@link #peer}, with buffers that few messages fill. */
  SocketPeer peerWithSmallBuffers(String query) throws Exception {
    return peer(query, SMALL_BUFFER_BYTES);
  }

  /** Connects a client that reads nothing by itself, with tiny buffers. */
  RawSocket rawPeer() throws IOException {
    return sockets.connectRaw("", TINY_BUFFER_BYTES);
  }

  private SocketPeer peer(String query, int bufferBytes) throws Exception {
    int connected = recorder.connected.size();
    SocketPeer peer = sockets.connect(query, bufferBytes);
    awaitConnected(connected + 1);
    return peer;
  }

  /** Checks the status of the answer to a handshake. */
  void expectStatus(int status, String query, String why, String... lines) throws IOException {
    String asked = "handshake with \"" + query + "\" " + String.join(", ", lines);
    Expect.equal(
        status, sockets.handshake(query, lines).status(), "for a " + asked + " the status", why);
  }

  void awaitEnd(SocketPeer peer, String why) throws InterruptedException {
    await(peer::hasEnded, "the end of the connection", () -> "an open connection", why);
  }

  /** Stops the carrier on a thread of its own. */
  Background stopInBackground(Duration atMost) {
    return new Background("the stop of the carrier", () -> sockets.stop(atMost));
  }
}
