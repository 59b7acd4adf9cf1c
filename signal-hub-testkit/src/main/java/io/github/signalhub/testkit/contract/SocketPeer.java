package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.connection.DisconnectReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client on a socket (RFC 6455), with a reading and a writing thread. It can misbehave: it can
 * stop reading, leave pings or a close unanswered, and send faster than a hub reads. It records
 * violations of the RFC by the server as a fault. Thread-safe.
 */
final class SocketPeer implements Peer {
  private final RawSocket socket;
  private final List<String> received = new ArrayList<>();
  private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
  private final BlockingQueue<Outgoing> outgoing = new LinkedBlockingQueue<>();
  private final AtomicInteger unsent = new AtomicInteger();
  private boolean fragmented;
  private int mayRead = Integer.MAX_VALUE; // messages
  private boolean answersPings = true;
  private boolean answersClose = true;
  private int pings;
  private boolean ended;
  private OptionalInt closeCode = OptionalInt.empty();
  private Optional<String> fault = Optional.empty();

  private record Outgoing(byte[] bytes, boolean counted) {}

  /** Takes over a connection after its handshake. */
  SocketPeer(RawSocket socket) {
    this.socket = socket;
    daemon(this::read, "contract: peer reads");
    daemon(this::write, "contract: peer writes");
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public synchronized List<String> received() {
    return List.copyOf(received);
  }

  @Override
  public synchronized void stall() {
    mayRead = 0;
  }

  @Override
  public synchronized void resume() {
    mayRead = Integer.MAX_VALUE;
    notifyAll();
  }

  /** Reads one more message while stalled. */
  synchronized void readOne() {
    mayRead++;
    notifyAll();
  }

  @Override
  public void send(String text) {
    sendFrame(RawSocket.FIN | RawSocket.TEXT, text.getBytes(UTF_8));
  }

  @Override
  public void sendBinary(byte[] bytes) {
    sendFrame(RawSocket.FIN | RawSocket.BINARY, bytes);
  }

  /** Sends a frame. Bytes that cannot be written now are written later, in order. */
  void sendFrame(int firstByte, byte[] payload) {
    unsent.incrementAndGet();
    outgoing.add(new Outgoing(RawSocket.frame(firstByte, payload), true));
  }

  @Override
  public int unsent() {
    return unsent.get();
  }

  @Override
  public void close(DisconnectReason reason) {
    byte[] text = reason.reason().getBytes(UTF_8);
    ByteBuffer payload = ByteBuffer.allocate(2 + text.length);
    payload.putShort((short) reason.code()).put(text);
    sendFrame(RawSocket.FIN | RawSocket.CLOSE, payload.array());
  }

  @Override
  public void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized OptionalInt closeCode() {
    return closeCode;
  }

  /** Leaves pings unanswered from now on, as if the client's network were gone. */
  synchronized void ignorePings() {
    answersPings = false;
  }

  /** Leaves a close unanswered. */
  synchronized void ignoreClose() {
    answersClose = false;
  }

  /** Returns how many pings have arrived. */
  synchronized int pings() {
    return pings;
  }

  /** Returns whether the server has ended the connection. */
  synchronized boolean hasEnded() {
    return ended;
  }

  /** Returns the server's violation of RFC 6455, if there was one. */
  synchronized Optional<String> fault() {
    return fault;
  }

  private void read() {
    try {
      while (true) {
        awaitReading();
        arrived(socket.readFrame());
      }
    } catch (RawSocket.BrokenFrameException e) {
      end(Optional.of(e.getMessage()));
      cut();
    } catch (IOException | InterruptedException e) {
      end(Optional.empty());
    }
    outgoing.add(new Outgoing(new byte[0], false)); // this ends the other thread
  }

  private synchronized void awaitReading() throws InterruptedException {
    while (mayRead == 0) {
      wait();
    }
  }

  private synchronized void arrived(RawSocket.Frame frame) throws IOException {
    RawSocket.check(closeCode.isEmpty(), "nothing after a close frame (RFC 6455 §5.5.1)");
    switch (frame.opcode()) {
      case RawSocket.TEXT -> {
        RawSocket.check(!fragmented, "the rest of a message first (RFC 6455 §5.4)");
        message(frame);
      }
      case RawSocket.CONTINUATION -> {
        RawSocket.check(fragmented, "a message that has begun (RFC 6455 §5.4)");
        message(frame);
      }
      case RawSocket.PING -> {
        checkControl(frame);
        pings++;
        if (answersPings) {
          answer(RawSocket.PONG, frame.payload());
        }
      }
      case RawSocket.PONG -> checkControl(frame);
      case RawSocket.CLOSE -> {
        checkControl(frame);
        RawSocket.check(frame.payload().length != 1, "a close code of two bytes (RFC 6455 §5.5.1)");
        closeCode = OptionalInt.of(code(frame.payload()));
        if (answersClose) {
          answer(RawSocket.CLOSE, frame.payload());
        }
      }
      default -> RawSocket.check(false, "a text message or a control frame");
    }
  }

  private static void checkControl(RawSocket.Frame frame) throws IOException {
    RawSocket.check(
        frame.fin() && frame.payload().length <= 125, "a short control frame (RFC 6455 §5.5)");
  }

  private void message(RawSocket.Frame frame) throws IOException {
    fragmented = !frame.fin();
    if (frame.fin() && mayRead < Integer.MAX_VALUE) {
      mayRead = Math.max(0, mayRead - 1); // the message may have been read during a stall
    }
    fragments.writeBytes(frame.payload());
    if (frame.fin()) {
      try {
        received.add(
            UTF_8.newDecoder().decode(ByteBuffer.wrap(fragments.toByteArray())).toString());
      } catch (CharacterCodingException e) {
        RawSocket.check(false, "a text in UTF-8 (RFC 6455 §8.1)");
      }
      fragments.reset();
    }
  }

  private static int code(byte[] payload) {
    return payload.length == 0
        ? DisconnectReason.NO_STATUS.code()
        : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
  }

  private void answer(int opcode, byte[] payload) {
    outgoing.add(new Outgoing(RawSocket.frame(RawSocket.FIN | opcode, payload), false));
  }

  private synchronized void end(Optional<String> why) {
    ended = true;
    fault = why;
    closeCode =
        closeCode.isPresent() ? closeCode : OptionalInt.of(DisconnectReason.ABNORMAL.code());
  }

  private void write() {
    try {
      while (!hasEnded()) {
        Outgoing next = outgoing.take();
        socket.write(next.bytes());
        if (next.counted()) {
          unsent.decrementAndGet();
        }
      }
    } catch (IOException | InterruptedException e) {
      // the connection has ended; read() reports the reason
    }
  }
}
