package io.github.signalhub.jdkserver.resources;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Clients that read at the rates of a bad network, and clients that stop, at the same time on a
 * server with default options. Runs in real time, for about two minutes. {@code SlowReadersIT}
 * tests the same in each build.
 */
@Timeout(300)
@EnabledIfSystemProperty(named = "signalhub.quiet", matches = "true")
class SteadyReadersIT {
  private static final int RECEIVE_BYTES = 16 << 10;
  private static final int KEPT = 4;
  private static final int PUBLISHED = 30;

  /** The reading of a client at a rate, with its result. */
  private interface Scenario {
    String run(Carrier carrier, int bytesPerSecond) throws Exception;
  }

  @Test
  void getEverythingOrWhatWasPromisedAndThoseThatStopAreCut() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<String>> results = new ArrayList<>();
    for (Carrier carrier : Carrier.values()) {
      for (int rate : new int[] {3_000, 30_000}) {
        results.add(submit(threads, SteadyReadersIT::response, carrier, rate));
        results.add(submit(threads, SteadyReadersIT::messageAndClose, carrier, rate));
      }
      results.add(submit(threads, SteadyReadersIT::gap, carrier, 30_000));
      results.add(submit(threads, SteadyReadersIT::fellBehind, carrier, 30_000));
      results.add(submit(threads, SteadyReadersIT::stop, carrier, 30_000));
    }
    for (Future<String> each : results) {
      System.out.println("resources: " + each.get());
    }
    threads.shutdown();
  }

  private static String response(Carrier carrier, int rate) throws Exception {
    try (Run run = new Run(carrier)) {
      Socket client = run.connect();
      client.getOutputStream().write(request(rate * 50));

      byte[] read = readSlowly(client, rate, Integer.MAX_VALUE);

      assertThat(read).hasSizeGreaterThan(rate * 50).endsWith('.');
      return "all of a response of " + rate * 50 + " bytes";
    }
  }

  private static String messageAndClose(Carrier carrier, int rate) throws Exception {
    try (Run run = new Run(carrier)) {
      Socket client = run.webSocket("/ws");
      run.hub.broadcast(Message.of("BIG", "x".repeat(rate * 50)));
      run.events
          .connected
          .poll(10, TimeUnit.SECONDS)
          .close(new DisconnectReason(4007, "that is all"));

      String read = readSlowlyUpTo(client, rate, "that is all");
      client.getOutputStream().write(RawClient.close(4007, ""));

      assertThat(read).hasSizeGreaterThan(rate * 50).endsWith("that is all");
      assertThat(run.events.ends.poll(10, TimeUnit.SECONDS).code()).isEqualTo(4007);
      return "a message of " + rate * 50 + " bytes and the close";
    }
  }

  private static String gap(Carrier carrier, int rate) throws Exception {
    try (Run run = new Run(carrier)) {
      Socket client = run.webSocket("/ws?signal-hub=1");
      run.publish();

      String read = readSlowlyUpTo(client, rate, "x" + PUBLISHED);

      assertThat(read).contains("$gap");
      assertThat(run.events.ends).isEmpty();
      return "the $gap and the rest, " + read.length() + " bytes";
    }
  }

  private static String fellBehind(Carrier carrier, int rate) throws Exception {
    try (Run run = new Run(carrier)) {
      Socket client = run.webSocket("/ws");
      run.publish();

      String read = readSlowlyUpTo(client, rate, "\u0010\u0004");
      client.getOutputStream().write(RawClient.close(4100, ""));

      assertThat(run.events.ends.poll(10, TimeUnit.SECONDS).code()).isEqualTo(4100);
      return "the close with 4100 after " + read.length() + " bytes";
    }
  }

  private static String stop(Carrier carrier, int rate) throws Exception {
    try (Run run = new Run(carrier)) {
      Socket client = run.connect();
      client.getOutputStream().write(request(4_000_000));
      readSlowly(client, rate, 2 * RECEIVE_BYTES);
      long start = System.nanoTime();

      assertThat(run.events.failures.poll(60, TimeUnit.SECONDS)).isNotNull();

      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(seconds).isBetween(25.0, 40.0);
      return String.format(Locale.ROOT, "stopped, and was cut after %.1f s", seconds);
    }
  }

  private static Future<String> submit(
      ExecutorService threads, Scenario scenario, Carrier carrier, int rate) {
    return threads.submit(
        () -> {
          long start = System.nanoTime();
          String got = scenario.run(carrier, rate);
          double seconds = (System.nanoTime() - start) / 1e9;
          return String.format(
              Locale.ROOT, "%s, %,d bytes/s: %s, in %.0f s", carrier, rate, got, seconds);
        });
  }

  private static byte[] request(int bytes) {
    return ("GET /?" + bytes + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  /** Reads at this rate up to this text. */
  private static String readSlowlyUpTo(Socket client, int rate, String end) throws Exception {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      byte[] some = readStep(client, rate);
      assertThat(some).as("what comes before %s", end).isNotEmpty();
      read.append(new String(some, ISO_8859_1));
    }
    return read.toString();
  }

  /** Reads at this rate, at least so many bytes or to the end. */
  private static byte[] readSlowly(Socket client, int rate, int bytes) throws Exception {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] some;
    while (read.size() < bytes && (some = readStep(client, rate)).length > 0) {
      read.write(some);
    }
    return read.toByteArray();
  }

  private static byte[] readStep(Socket client, int rate) throws Exception {
    byte[] step = new byte[rate / 10];
    int count = Math.max(0, client.getInputStream().read(step));
    TimeUnit.MILLISECONDS.sleep(1_000L * count / rate); // sets the rate
    return Arrays.copyOf(step, count);
  }

  /** A server with default options, with its events. */
  private static final class Run implements AutoCloseable {
    private final Carrier carrier;
    private final Events events = new Events();
    private final List<Socket> clients = new ArrayList<>();
    private final Hub hub =
        Hub.builder()
            .retentionGrace(Duration.ZERO)
            .maxPublishedBytes(4 << 20)
            .broadcasts(TopicOptions.DEFAULT.withMessages(KEPT))
            .build();
    private final SignalServer server;

    private Run(Carrier carrier) throws IOException {
      this.carrier = carrier;
      hub.addListener(events);
      server =
          carrier
              .secure(SignalServer.builder(hub).port(0).compression(false))
              .context("/", events)
              .start();
    }

    private Socket connect() throws IOException {
      Socket client = carrier.connect(server.port(), RECEIVE_BYTES);
      client.setSoTimeout(60_000);
      clients.add(client);
      return client;
    }

    private Socket webSocket(String target) throws Exception {
      Socket client = connect();
      client.getOutputStream().write(RawClient.handshake(target).getBytes(ISO_8859_1));
      readTo(client, "\r\n\r\n");
      return client;
    }

    /** Publishes far more than the log keeps. Another client has read all of it. */
    private void publish() throws Exception {
      Socket other = webSocket("/ws");
      for (int i = 1; i <= PUBLISHED; i++) {
        hub.broadcast(Message.of("BIG", "x".repeat(100_000) + i));
        readTo(other, "\"}");
      }
      other.close();
      assertThat(events.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(DisconnectReason.ABNORMAL);
    }

    private static void readTo(Socket client, String end) throws IOException {
      StringBuilder last = new StringBuilder();
      while (!last.toString().equals(end)) {
        int next = client.getInputStream().read();
        assertThat(next).isNotNegative();
        last.append((char) next);
        if (last.length() > end.length()) {
          last.deleteCharAt(0);
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket each : clients) {
        each.close();
      }
      server.close();
      hub.close();
    }
  }

  private static final class Events implements HubListener, HttpHandler {
    private final BlockingQueue<Client> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<DisconnectReason> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();

    @Override
    public void onConnect(Client client) {
      connected.add(client);
    }

    @Override
    public void onDisconnect(Client client, DisconnectReason reason) {
      ends.add(reason);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
      byte[] body = new byte[Integer.parseInt(exchange.getRequestURI().getQuery())];
      body[body.length - 1] = '.';
      exchange.sendResponseHeaders(200, body.length);
      try {
        exchange.getResponseBody().write(body);
        exchange.close();
      } catch (IOException e) {
        failures.add(e);
        throw e;
      }
    }
  }
}
