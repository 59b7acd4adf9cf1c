package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The load generator for HTTP: connections on one thread, each with one {@code POST /echo} in
 * flight. The answer has to be the request's body. Not thread-safe.
 */
final class HttpLoad implements AutoCloseable {
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_ANSWER_BYTES = 8_192;

  private final Selector selector = Selector.open();
  private final byte[] body;
  private final ByteBuffer request;
  private int answerBytes; // equal for all answers of a server; 0: not known yet
  private long answers;
  private boolean sending = true;
  private int inFlight;

  HttpLoad(int port, int connections, int bytes) throws IOException {
    body = "x".repeat(bytes).getBytes(StandardCharsets.US_ASCII);
    byte[] head =
        ("POST /echo HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\n\r\n")
            .formatted(port, bytes)
            .getBytes(StandardCharsets.US_ASCII);
    request = ByteBuffer.allocateDirect(head.length + bytes).put(head).put(body).flip();
    try {
      for (int i = 0; i < connections; i++) {
        SocketChannel channel =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(
            selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(MAX_ANSWER_BYTES));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Sends requests for a while, and waits for the last answers.
   *
   * @return how many answers came
   * @throws IOException if an answer is wrong, a connection ends, or nothing comes for 10 seconds
   */
  long run(long nanos) throws IOException {
    long before = answers;
    sending = true;
    for (SelectionKey key : selector.keys()) {
      send((SocketChannel) key.channel());
    }
    long start = System.nanoTime();
    long progressAt = start;
    try {
      while (inFlight > 0) {
        long seen = answers;
        selector.select(this::ready, 100);
        long now = System.nanoTime();
        sending = now - start < nanos;
        progressAt = answers > seen ? now : progressAt;
        if (now - progressAt > SILENCE_NANOS) {
          throw new IOException("expected an answer, was none for 10 s");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return answers - before;
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    }
  }

  private void ready(SelectionKey key) {
    ByteBuffer answer = (ByteBuffer) key.attachment();
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (channel.read(answer) < 0) {
        throw new ProtocolException("expected an answer, was the end of the connection");
      }
      if (answerBytes == 0) {
        answerBytes = lengthOf(answer);
      }
      if (answerBytes == 0 || answer.position() < answerBytes) {
        return;
      }
      check(answer);
      answer.clear();
      answers++;
      inFlight--;
      if (sending) {
        send(channel);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(SocketChannel channel) throws IOException {
    channel.write(request.rewind());
    if (request.hasRemaining()) {
      throw new IOException("expected room for a request in an idle connection");
    }
    inFlight++;
  }

  private void check(ByteBuffer answer) throws ProtocolException {
    int start = answer.position() - body.length;
    boolean same = answer.position() == answerBytes && answer.get(9) == '2';
    for (int i = 0; same && i < body.length; i++) {
      same = answer.get(start + i) == body[i];
    }
    if (!same) {
      throw new ProtocolException("expected 200 and the request's body, was: " + text(answer));
    }
  }

  /** Returns the length of an answer by its Content-Length; 0 if its head is incomplete. */
  private int lengthOf(ByteBuffer answer) throws ProtocolException {
    String text = text(answer);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return 0;
    }
    if (!text.toLowerCase(java.util.Locale.ROOT).contains("content-length: " + body.length)) {
      throw new ProtocolException("expected the request's length, was: " + text);
    }
    return end + 4 + body.length;
  }

  private static String text(ByteBuffer answer) {
    return StandardCharsets.ISO_8859_1.decode(answer.duplicate().flip()).toString();
  }
}
