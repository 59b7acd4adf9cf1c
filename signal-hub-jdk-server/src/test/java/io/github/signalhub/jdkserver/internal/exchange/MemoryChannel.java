package io.github.signalhub.jdkserver.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.http.BodyDecoder;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.RequestHeadParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSession;

/** A connection that holds one request as wire bytes and records the calls to it. */
final class MemoryChannel implements ExchangeChannel {
  static final InetSocketAddress REMOTE = InetSocketAddress.createUnresolved("remote", 1);
  static final InetSocketAddress LOCAL = InetSocketAddress.createUnresolved("local", 2);

  final List<Ending> endings = new CopyOnWriteArrayList<>();
  final List<Integer> refusals = new CopyOnWriteArrayList<>();
  final List<String> writes = new ArrayList<>();
  int failFromWrite = Integer.MAX_VALUE;
  Runnable beforeWrite = () -> {};
  private final ByteArrayOutputStream response = new ByteArrayOutputStream();
  private final ByteBuffer wire;
  private final RequestHead head;
  private final BodyFraming framing;
  private final BodyDecoder decoder;
  private Runnable expired;

  MemoryChannel(String request) {
    wire = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
    head = new RequestHeadParser(HttpLimits.DEFAULT).parse(wire);
    framing = BodyFraming.of(head, 1 << 20);
    decoder = framing.decoder();
  }

  /** Serves the request and returns the response's bytes as text. */
  String serve(HubHttpServer server) {
    server.serve(head, framing, this);
    return response();
  }

  String response() {
    return response.toString(StandardCharsets.ISO_8859_1);
  }

  /** Lets the time pass for which the exchange may make no progress. */
  void standStill() {
    expired.run();
  }

  /** Returns the number of unread bytes of the request. */
  int unread() {
    return wire.remaining();
  }

  @Override
  public InputStream requestBody() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        requireOpen();
        ByteBuffer out = ByteBuffer.wrap(into, offset, length);
        try {
          boolean finished = decoder.decode(wire, out);
          int read = out.position() - offset;
          if (read == 0 && !finished) {
            throw new IOException("connection lost");
          }
          return read == 0 ? -1 : read;
        } catch (HttpException e) {
          throw new IOException(e);
        }
      }

      @Override
      public int available() {
        return wire.remaining();
      }
    };
  }

  @Override
  public synchronized void write(ByteBuffer... bytes) throws IOException {
    requireOpen();
    beforeWrite.run();
    if (writes.size() >= failFromWrite) {
      throw new IOException("connection lost");
    }
    StringBuilder written = new StringBuilder();
    for (ByteBuffer each : bytes) {
      written.append(StandardCharsets.ISO_8859_1.decode(each));
    }
    writes.add(written.toString());
    response.writeBytes(written.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public synchronized void finished(Ending ending) {
    endings.add(ending);
    ByteBuffer nowhere = ByteBuffer.allocate(1 << 10);
    while (ending == Ending.REUSE && !decoder.decode(wire, nowhere.clear())) {
      assertThat(wire.hasRemaining()).as("the rest of a request that can be followed").isTrue();
    }
  }

  @Override
  public void refused(int status) {
    refusals.add(status);
  }

  @Override
  public boolean hasWholeRequest() {
    return false; // so that only the length shows the end
  }

  @Override
  public void onStandstill(Runnable expired) {
    this.expired = expired;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return REMOTE;
  }

  @Override
  public InetSocketAddress localAddress() {
    return LOCAL;
  }

  @Override
  public String date() {
    return "Sun, 06 Nov 1994 08:49:37 GMT";
  }

  private void requireOpen() throws IOException {
    if (!endings.isEmpty()) {
      throw new IOException("the exchange is over");
    }
  }
}
