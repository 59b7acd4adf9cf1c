package io.github.signalhub.interop.chaos;

import static io.github.signalhub.interop.chaos.Following.expect;
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
 * A client that is written from the protocol documents alone. It reconnects whenever its connection
 * ends or falls silent, and records each broken promise as a fault. It drops nothing, so a repeated
 * message is a fault. In live mode it also joins topics, with and without earlier messages, leaves
 * them, and sends messages. It runs on one thread of its own.
 */
final class CheckingClient {
  private static final int MAX_DELAY_MILLIS = 1_000;
  private static final int BASE_DELAY_MILLIS = 50;
  private static final int MAX_TOPICS = 6;
  private static final int MAX_UNANSWERED = 200;

  private final int port;
  private final String session;
  private final Duration silence;
  private final SplittableRandom random;
  private final Thread thread = new Thread(this::run, "checking-client");
  private final Following
      following; // as all fields that are not volatile, confined to the thread until it ends
  private final Sayings.Said said;
  private final Map<String, Integer> table = new HashMap<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private String earlier; // an id that the client got
  private int silences;
  private volatile List<String> topicsToJoin = List.of();
  private volatile int greetings;
  private volatile long position = -1;
  private volatile boolean settled;
  private volatile Socket socket;
  private volatile boolean closed;

  /**
   * Starts a client.
   *
   * @param number the unique number of the client
   * @param silence the time without a byte after which the client ends a connection
   */
  CheckingClient(
      int number, int port, Set<String> topics, Duration silence, SplittableRandom random) {
    this.port = port;
    this.silence = silence;
    this.random = random;
    session = "%016x%016x".formatted(random.nextLong(), number);
    following = new Following(topics);
    said = new Sayings.Said(number);
    thread.setDaemon(true);
    thread.start();
  }

  /** Joins and leaves some of these topics from now on, and sends messages. */
  void live(List<String> topics) {
    topicsToJoin = topics;
  }

  /** Only listens from now on. */
  void settle() {
    topicsToJoin = List.of();
  }

  /** Returns whether all messages up to an offset and all answers have come, or it failed. */
  boolean isSettledAt(long offset) {
    return position >= offset && settled || !faults.isEmpty();
  }

  /** Returns the broken promises so far, in order. */
  List<String> faults() {
    return faults;
  }

  /** Ends the client. After that, the test may read its messages. */
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

  int catchUps() {
    return following.catchUps();
  }

  int sayings() {
    return said.count();
  }

  int messages() {
    return following.memberships().stream().mapToInt(each -> each.received.size()).sum();
  }

  /**
   * Adds missing, surplus and misordered messages to the faults.
   *
   * @param published returns the messages published to a topic
   */
  void compareWith(Function<String, Sequence> published) {
    if (greetings == 0) {
      faults.add("never connected");
    }
    for (Following.Membership each : following.memberships()) {
      if (each.from >= 0 && !each.topic.equals(Published.TABLE)) {
        Sequence expected = published.apply(each.topic).between(each.from, each.until);
        String difference = each.received.differenceFrom(expected);
        if (!difference.isEmpty()) {
          faults.add("topic '%s' behind %d: %s".formatted(each.topic, each.from, difference));
        }
      }
    }
  }

  /**
   * Adds to the faults a table that differs from the hub's, and statements that the hub did not
   * hear exactly once.
   */
  void compareWith(Map<String, Integer> hubsTable, Sayings.Heard heard) {
    if (!table.equals(hubsTable)) {
      faults.add("table " + table + ", the hub's is " + hubsTable);
    }
    for (int i = 0; i < said.count(); i++) {
      if (heard.times(said.speaker(), i) != 1) {
        faults.add("heard %d times: %d".formatted(heard.times(said.speaker(), i), i));
      }
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
        // cut by the proxy, as this test intends
      } catch (RuntimeException | AssertionError e) {
        faults.add(e.toString());
      }
      attempt = greetings > before ? 0 : attempt + 1;
      int most = Math.min(MAX_DELAY_MILLIS, BASE_DELAY_MILLIS << Math.min(attempt, 5));
      try {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(most)); // clients back off
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void talk(RawClient link) throws IOException {
    String target = "/ws?signal-hub=1&session=" + session + following.query();
    link.send(RawClient.handshake(target));
    int status = link.readAnswer().status();
    expect(status == 101, "answer " + status);
    boolean greeted = false;
    while (true) {
      RawClient.Frame frame = link.readFrame();
      switch (frame.firstByte()) {
        case 0x81 -> {
          String text = frame.text();
          expect(greeted != text.startsWith("{\"type\":\"$hello\""), "no greeting, or another");
          if (text.startsWith("{\"type\":\"$")) {
            onControl((Map<?, ?>) Json.parse(text));
          } else {
            onMessage(text);
          }
          if (!greeted) {
            greeted = true;
            for (String again : said.unanswered()) {
              link.send(RawClient.text(again));
            }
          }
          position = following.position();
          settled = following.isLevel() && said.unanswered().isEmpty();
          act(link);
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

  private void onControl(Map<?, ?> message) {
    Map<?, ?> payload = (Map<?, ?>) message.get("payload");
    switch ((String) message.get("type")) {
      case "$hello" -> {
        following.hello(payload);
        greetings++;
      }
      case "$sync" -> following.sync(payload);
      case "$joined" -> following.joined(payload);
      case "$left" -> following.left(payload);
      case "$ack" -> said.answered(payload);
      default -> expect(false, "not expected here: " + message);
    }
  }

  private void onMessage(String text) {
    int idAt = text.length() - Ids.LENGTH - 2;
    expect(text.startsWith("\"id\":\"", idAt - 6) && text.endsWith("\"}"), "no id: " + text);
    String id = text.substring(idAt, idAt + Ids.LENGTH);
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
    following.message(topic, id, number);
    if (topic.equals(Published.TABLE)) {
      Map<?, ?> row = (Map<?, ?>) ((Map<?, ?>) Json.parse(text)).get("payload");
      if (row.get("gone").equals(true)) {
        table.remove((String) row.get("key"));
      } else {
        table.put((String) row.get("key"), number);
      }
    }
  }

  /** Takes one of the actions of clients now and then. */
  private void act(RawClient link) throws IOException {
    List<String> topics = topicsToJoin;
    if (topics.isEmpty()) {
      return;
    }
    String topic = topics.get(random.nextInt(topics.size()));
    switch (random.nextInt(500)) {
      case 0 -> {
        if (following.isFree(topic) && following.topics().size() < MAX_TOPICS) {
          String after = random.nextInt(3) == 0 ? null : earlier;
          following.join(topic, after);
          send(link, "$join", topic, after);
        }
      }
      case 1 -> {
        if (following.isLevel(topic)) {
          following.leave(topic);
          send(link, "$leave", topic, null);
        }
      }
      case 2, 3, 4, 5 -> {
        if (said.unanswered().size() < MAX_UNANSWERED) {
          link.send(RawClient.text(said.next()));
        }
      }
      case 6 -> earlier = following.resumePoint();
      default -> {} // clients listen most of the time
    }
  }

  private static void send(RawClient link, String type, String topic, String after)
      throws IOException {
    link.send(
        RawClient.text(
            "{\"type\":\"%s\",\"payload\":{\"topic\":\"%s\"%s}}"
                .formatted(type, topic, after == null ? "" : ",\"after\":\"" + after + "\"")));
  }
}
