package io.github.signalhub.interop.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A client written from the page about the protocol and from nothing else: it comes back whenever
 * its connection ends or falls silent, and finds fault with all that a client is promised not to
 * see. It drops nothing: what comes twice is a fault. One thread of its own does everything.
 */
final class CheckingClient {
  private static final int MAX_DELAY_MILLIS = 1_000;
  private static final int BASE_DELAY_MILLIS = 50;

  private final int port;
  private final Set<String> topics;
  private final Duration silence;
  private final SplittableRandom random;
  private final Thread thread = new Thread(this::run, "checking-client");
  private final Map<String, Sequence> received = new HashMap<>(); // read when the thread has ended
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private String resumePoint; // null until the first greeting
  private long start;
  private volatile int greetings;
  private int silences;
  private volatile long position;
  private volatile Socket socket;
  private volatile boolean closed;

  /**
   * Starts one.
   *
   * @param silence after how long without a byte the connection is taken for dead
   */
  CheckingClient(int port, Set<String> topics, Duration silence, SplittableRandom random) {
    this.port = port;
    this.topics = topics;
    this.silence = silence;
    this.random = random;
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns whether everything up to an offset has come, or a fault has ended this. */
  boolean isAt(long offset) {
    return position >= offset || !faults.isEmpty();
  }

  /** Returns what was seen that nobody may see, as it came up. */
  List<String> faults() {
    return faults;
  }

  /** Ends it; what it got may be looked at then. */
  void end() throws IOException, InterruptedException {
    closed = true;
    Socket current = socket;
    if (current != null) {
      current.close();
    }
    thread.interrupt();
    thread.join();
  }

  int greetings() {
    return greetings;
  }

  int silences() {
    return silences;
  }

  int messages() {
    return received.values().stream().mapToInt(Sequence::size).sum();
  }

  /**
   * Adds to the faults what is missing, too much, or in another order than it was published.
   *
   * @param published returns what was published to a topic
   */
  void compareWith(Function<String, Sequence> published) {
    if (greetings == 0) {
      faults.add("never connected");
    }
    for (String topic : received.keySet()) {
      if (!topic.equals(Published.BROADCAST) && !topics.contains(topic)) {
        faults.add("a message of topic " + topic);
      }
    }
    compare(Published.BROADCAST, published);
    topics.forEach(topic -> compare(topic, published));
  }

  private void compare(String topic, Function<String, Sequence> published) {
    String difference =
        received
            .getOrDefault(topic, new Sequence())
            .differenceFrom(published.apply(topic).between(start, Long.MAX_VALUE));
    if (!difference.isEmpty()) {
      faults.add("topic '" + topic + "': " + difference);
    }
  }

  private void run() {
    int attempt = 0;
    while (!closed && faults.isEmpty()) {
      int before = greetings;
      try (Socket connected = new Socket()) {
        socket = connected;
        connected.setTcpNoDelay(true);
        connected.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        RawClient link = new RawClient(connected);
        connected.setSoTimeout((int) silence.toMillis());
        talk(link);
      } catch (SocketTimeoutException e) {
        silences++;
      } catch (IOException e) {
        // cut: that is what this is about
      } catch (RuntimeException | AssertionError e) {
        faults.add(e.toString());
      }
      attempt = greetings > before ? 0 : attempt + 1;
      int most = Math.min(MAX_DELAY_MILLIS, BASE_DELAY_MILLIS << Math.min(attempt, 5));
      try {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(most)); // backing off is what clients do
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void talk(RawClient link) throws IOException {
    StringBuilder target = new StringBuilder("/ws?signal-hub=1");
    topics.forEach(topic -> target.append("&topic=").append(topic));
    if (resumePoint != null) {
      target.append("&after=").append(resumePoint);
    }
    link.send(RawClient.handshake(target.toString()));
    int status = link.readAnswer().status();
    expect(status == 101, "answer " + status);
    boolean greeted = false;
    while (true) {
      RawClient.Frame frame = link.readFrame();
      switch (frame.firstByte()) {
        case 0x81 -> {
          String text = frame.text();
          if (text.startsWith("{\"type\":\"$")) {
            onControl((Map<?, ?>) Json.parse(text), greeted);
            greeted = true;
          } else {
            expect(greeted, "a message before the greeting");
            onMessage(text);
          }
        }
        case 0x89 -> link.send(RawClient.frame(0x8A, frame.payload()));
        case 0x88 -> {
          expect(false, "close " + new String(frame.payload(), UTF_8));
          return;
        }
        default -> expect(false, "a frame that begins with " + frame.firstByte());
      }
    }
  }

  private void onControl(Map<?, ?> message, boolean greeted) {
    Map<?, ?> payload = (Map<?, ?>) message.get("payload");
    String type = (String) message.get("type");
    expect(greeted != type.equals("$hello"), "a second greeting, or none: " + message);
    switch (type) {
      case "$hello" -> onHello(payload);
      case "$sync" -> {
        String id = (String) payload.get("id");
        expect(Ids.offset(id) >= position, "a sync that goes back: " + message);
        moveTo(id);
      }
      default -> expect(false, "not expected here: " + message);
    }
  }

  private void onHello(Map<?, ?> payload) {
    String id = (String) payload.get("id");
    expect(
        Set.copyOf((List<?>) payload.get("topics")).equals(topics),
        "other topics: " + payload.get("topics"));
    if (resumePoint == null) {
      start = Ids.offset(id);
      moveTo(id);
    } else {
      expect(payload.get("resumed").equals(true), "not resumed behind " + resumePoint);
      expect(id.equals(resumePoint), "resumed behind " + id + ", asked for " + resumePoint);
    }
    greetings++;
  }

  private void onMessage(String text) {
    int idAt = text.length() - Ids.LENGTH - 2;
    expect(text.startsWith("\"id\":\"", idAt - 6) && text.endsWith("\"}"), "no id: " + text);
    String id = text.substring(idAt, idAt + Ids.LENGTH);
    long offset = Ids.offset(id);
    expect(offset > position, "twice, or out of order, behind " + position + ": " + text);
    int topicAt = text.lastIndexOf(",\"topic\":\"", idAt);
    String topic =
        topicAt < 0
            ? Published.BROADCAST
            : text.substring(topicAt + 10, text.indexOf('"', topicAt + 10));
    int numberAt = text.indexOf("\"n\":") + 4;
    int number = 0;
    for (int i = numberAt; Character.isDigit(text.charAt(i)); i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    received.computeIfAbsent(topic, name -> new Sequence()).add(offset, number);
    moveTo(id);
  }

  private void moveTo(String id) {
    resumePoint = id;
    position = Ids.offset(id);
  }

  private static void expect(boolean condition, String fault) {
    if (!condition) {
      throw new IllegalStateException(fault);
    }
  }
}
