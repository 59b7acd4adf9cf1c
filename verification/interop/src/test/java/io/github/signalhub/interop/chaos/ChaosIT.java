package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that are cut at random get everything, once and in order. {@code chaos.clients} sets
 * their number, {@code chaos.seconds} the duration, and {@code chaos.rate} the messages per second;
 * {@code chaos.browserRate} does so for the browser. Each build ends links in the same way. {@code
 * chaos.seed} sets another seed, or {@code random}.
 */
@Timeout(240)
class ChaosIT {
  private static final int CLIENTS = Integer.getInteger("chaos.clients", 20);
  private static final int SECONDS = Integer.getInteger("chaos.seconds", 4);
  private static final int RATE = Integer.getInteger("chaos.rate", 500);
  private static final int BROWSER_RATE = Integer.getInteger("chaos.browserRate", 200);
  private static final long SEED = seed(System.getProperty("chaos.seed", "1"));
  private static final List<String> TOPICS = IntStream.range(0, 20).mapToObj(i -> "t" + i).toList();
  private static final int TOPICS_PER_CLIENT = 3;
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void clientsMissNothingAndGetNothingTwice() throws Exception {
    List<CheckingClient> clients = new ArrayList<>();
    try (ChaosServer server = ChaosServer.start(SEED, RATE * 150L, true)) {
      Published published = new Published(server.hub());
      Sayings.Heard heard = Sayings.Heard.by(server.hub());
      for (int i = 0; i < CLIENTS; i++) {
        Set<String> topics = someTopics();
        topics.add(Published.TABLE);
        clients.add(new CheckingClient(i, server.proxy().port(), topics, SILENCE, random.split()));
      }
      clients.forEach(client -> client.live(TOPICS));

      for (int i = 0;
          i < 10 && server.proxy().cuts() <= CLIENTS;
          i++) { // a pause may leave few catch-ups
        published.run(RATE, SECONDS, TOPICS, random);
      }
      server.proxy().calm();
      clients.forEach(CheckingClient::settle);
      published.finish(random);
      ChaosServer.await(
          "everything",
          () -> clients.stream().allMatch(client -> client.isSettledAt(published.last())));
      assertThat(clients).flatExtracting(CheckingClient::faults).isEmpty();
      ChaosServer.await("half-open links gone", () -> server.hub().stats().clients() == CLIENTS);
      for (CheckingClient client : clients) {
        client.end();
        client.compareWith(published::to);
        client.compareWith(published.table(), heard);
      }

      System.out.printf(
          "chaos: %,d published, %,d delivered to %d clients; %s; %,d came back, %,d times after"
              + " silence; %,d catch-ups, %,d statements heard once%n",
          published.count(),
          clients.stream().mapToLong(CheckingClient::messages).sum(),
          CLIENTS,
          server.fareOfLinks(),
          clients.stream().mapToInt(CheckingClient::greetings).sum() - CLIENTS,
          clients.stream().mapToInt(CheckingClient::silences).sum(),
          clients.stream().mapToInt(CheckingClient::catchUps).sum(),
          clients.stream().mapToInt(CheckingClient::sayings).sum());
      assertThat(clients).flatExtracting(CheckingClient::faults).isEmpty();
      assertThat(server.proxy().cuts()).as("cuts").isGreaterThan(CLIENTS);
    }
  }

  @Test
  void thePageOfABrowserMissesNothingAndIsGivenNothingTwice() throws Exception {
    Set<String> topics = someTopics();
    try (ChaosServer server = ChaosServer.start(SEED, BROWSER_RATE * 100L, true);
        NodeProcess browser =
            NodeProcess.start(
                "browser.js",
                Map.of(
                    "PAGE_URL",
                    "http://127.0.0.1:" + server.port() + "/",
                    "WS_URL",
                    "ws://127.0.0.1:%d/ws?topic=%s"
                        .formatted(server.proxy().port(), String.join("&topic=", topics))))) {
      Published published = new Published(server.hub());
      server.proxy().calm();
      assertThat(browser.hear()).isEqualTo("started");
      server.proxy().ruin();

      for (int i = 0;
          i < 10 && server.proxy().cuts() == 0;
          i++) { // a few seconds may be too short for one
        published.run(BROWSER_RATE, SECONDS, TOPICS, random);
      }
      server.proxy().calm();
      published.finish(random);
      Map<?, ?> report = (Map<?, ?>) Json.parse(browser.ask(published.last()));

      System.out.printf(
          "chaos: %,d published, %,d given to a page; %s; it came back %s times%n",
          published.count(),
          ((List<?>) report.get("received")).size(),
          server.fareOfLinks(),
          ((Number) report.get("greetings")).longValue() - 1);
      assertThat((List<?>) report.get("gaps")).as("gaps told").isEmpty();
      assertThat(report.get("shown")).isEqualTo("open, live");
      assertGiven(report, topics, published);
      assertThat(server.proxy().cuts()).as("cuts").isPositive();
    }
  }

  private static long seed(String text) {
    return text.equals("random") ? System.nanoTime() : Long.parseLong(text);
  }

  private static void assertGiven(Map<?, ?> report, Set<String> topics, Published published) {
    long start = ((Number) report.get("start")).longValue();
    Map<String, Sequence> given = new HashMap<>();
    long last = start;
    for (Object each : (List<?>) report.get("received")) {
      List<?> message = (List<?>) each;
      long offset = ((Number) message.get(1)).longValue();
      given
          .computeIfAbsent((String) message.get(0), name -> new Sequence())
          .add(offset, ((Number) message.get(2)).intValue());
      assertThat(offset).as("offset, in order").isGreaterThan(last);
      last = offset;
    }
    Set<String> expected = new HashSet<>(topics);
    expected.add(Published.BROADCAST);
    assertThat(expected).containsAll(given.keySet());
    for (String topic : expected) {
      assertThat(
              given
                  .getOrDefault(topic, new Sequence())
                  .differenceFrom(published.to(topic).between(start, Long.MAX_VALUE)))
          .as("topic '" + topic + "'")
          .isEmpty();
    }
  }

  private Set<String> someTopics() {
    Set<String> topics = new HashSet<>();
    while (topics.size() < TOPICS_PER_CLIENT) {
      topics.add(TOPICS.get(random.nextInt(TOPICS.size())));
    }
    return topics;
  }
}
