package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.LagPolicy;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.guides.EntryBook.Snapshot;
import io.github.signalhub.testkit.Arrival;
import io.github.signalhub.testkit.Faults;
import io.github.signalhub.testkit.SimulatedClient;
import io.github.signalhub.testkit.SimulatedNetwork;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of docs/snapshot-then-live.md, over links that are cut. */
class SnapshotThenLiveGuideTest {
  /** The rows that the page shows, by number. */
  private final Map<Object, Object> shown = new TreeMap<>();

  @Nested
  class StatesWithTheJoin {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void areContinuedWithoutAGapOverAnyLink(long seed) {
      SimulatedNetwork network = new SimulatedNetwork(seed);
      EntryBook book = new EntryBook(open(network));
      book.sendAtJoin();
      add(book, 50);
      SimulatedClient page = network.client().topic("entries").connect();
      page.onArrival(SnapshotThenLiveGuideTest.this::show);
      network.inject(Faults.ROUGH);
      for (int i = 0; i < 50; i++) {
        add(book, 1);
        network.runFor(Duration.ofMillis(300));
        if (i == 25) {
          page.cut();
        }
      }
      network.heal();
      network.runFor(Duration.ofMinutes(2));

      assertThat(page.connections()).isGreaterThan(1);
      assertThat(page.controls("$gap")).isEmpty();
      assertThat(shown).isEqualTo(all(book));
    }

    @Test
    void areSentAnewToAPageThatWasAwayForLong() {
      SimulatedNetwork network = new SimulatedNetwork(1);
      EntryBook book = new EntryBook(open(network));
      book.sendAtJoin();
      SimulatedClient page = network.client().topic("entries").staysAway().connect();
      page.onArrival(SnapshotThenLiveGuideTest.this::show);
      network.settle();

      page.close();
      network.runFor(Duration.ofMinutes(10)); // away for longer than the hub keeps messages
      add(book, 2_000);
      network.runFor(Duration.ofMinutes(10));
      add(book, 1);
      page.connect();
      network.settle();
      add(book, 1);
      network.settle();

      assertThat(page.controls("$gap")).hasSize(1);
      assertThat(shown).isEqualTo(all(book));
    }

    private static Hub open(SimulatedNetwork network) {
      TopicOptions entries = TopicOptions.DEFAULT.withLagPolicy(LagPolicy.CLOSE);
      return network.open(Hub.builder().topic("entries", entries));
    }
  }

  @Nested
  class Snapshots {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void areContinuedWithoutAGapOverAnyLink(long seed) {
      SimulatedNetwork network = new SimulatedNetwork(seed);
      EntryBook book = new EntryBook(network.open(Hub.builder()));
      add(book, 50);

      Snapshot snapshot = book.snapshot();
      show(snapshot);
      add(book, 50); // before the page is connected
      SimulatedClient page = network.client().topic("entries").after(snapshot.lastId()).connect();
      page.onArrival(SnapshotThenLiveGuideTest.this::show);
      network.inject(Faults.ROUGH);
      for (int i = 0; i < 50; i++) {
        add(book, 1);
        network.runFor(Duration.ofMillis(300));
        if (i == 25) {
          page.cut();
        }
      }
      network.heal();
      network.runFor(Duration.ofMinutes(2));

      assertThat(page.connections()).isGreaterThan(1);
      assertThat(page.controls("$gap")).isEmpty();
      assertThat(shown).isEqualTo(all(book));
    }

    @Test
    void areTakenAgainAfterAGap() {
      SimulatedNetwork network = new SimulatedNetwork(1);
      TopicOptions few = TopicOptions.DEFAULT.withMessages(10);
      Hub hub = network.open(Hub.builder().retentionGrace(Duration.ZERO).topic("entries", few));
      EntryBook book = new EntryBook(hub);
      Snapshot snapshot = book.snapshot();
      show(snapshot);
      SimulatedClient page =
          network.client().topic("entries").after(snapshot.lastId()).staysAway().connect();
      page.onArrival(SnapshotThenLiveGuideTest.this::show);
      network.settle();

      page.close();
      network.runFor(Duration.ofMinutes(10)); // away for longer than the hub keeps messages
      add(book, 100);
      page.onArrival(
          arrival -> {
            if (arrival.type().equals("$gap")) {
              show(book.snapshot());
            }
          });
      page.connect();
      network.settle();
      add(book, 1);
      network.settle();

      assertThat(page.controls("$gap")).hasSize(1);
      assertThat(shown).isEqualTo(all(book));
    }
  }

  @Nested
  class Tables {
    record Machine(String name, String state) {}

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private Hub hub = open();

    @Test
    void bringTheirOwnSnapshot() {
      hub.topic("machines").publish("MACHINE", new Machine("press", "stopped"));
      hub.topic("machines").publish("MACHINE", new Machine("saw", "runs"));
      hub.topic("machines").publish("MACHINE", new Machine("press", "runs"));

      SimulatedClient page = follow();

      assertThat(page.messages())
          .extracting(Arrival::payload)
          .containsExactly(
              Map.of("name", "saw", "state", "runs"), Map.of("name", "press", "state", "runs"));
    }

    @Test
    void sendTheRowsThatChangedAfterALostConnection() {
      hub.topic("machines").publish("MACHINE", new Machine("press", "stopped"));
      SimulatedClient page = follow();

      page.cut();
      for (int i = 0; i < 5_000; i++) {
        hub.topic("machines").publish("MACHINE", new Machine("saw", "at " + i + " mm"));
      }
      network.runFor(Duration.ofMinutes(1));

      assertThat(page.connections()).isEqualTo(2);
      assertThat(page.messages()).hasSize(2);
      assertThat(page.messages().get(1).member("state")).contains("at 4999 mm");
    }

    @Test
    void loseARow() {
      hub.topic("machines").publish("MACHINE", new Machine("press", "stopped"));

      hub.topic("machines").publish("MACHINE_GONE", new Machine("press", ""));

      assertThat(follow().messages()).extracting(Arrival::type).doesNotContain("MACHINE");
    }

    @Test
    void beginAnewAfterARestart() {
      hub.topic("machines").publish("MACHINE", new Machine("press", "stopped"));
      SimulatedClient page = follow();

      hub.close(Duration.ZERO);
      hub = open();
      hub.topic("machines").publish("MACHINE", new Machine("saw", "runs"));
      network.runFor(Duration.ofMinutes(1));

      assertThat(page.controls("$gap")).anyMatch(gap -> gap.member("reset").isPresent());
      assertThat(page.messages()).extracting(Arrival::type).containsExactly("MACHINE", "MACHINE");
    }

    private Hub open() {
      TopicOptions table =
          TopicOptions.DEFAULT.compactBy(
              message -> ((Machine) message.payload()).name(),
              message -> message.type().equals("MACHINE_GONE"));
      return network.open(Hub.builder().topic("machines", table));
    }

    private SimulatedClient follow() {
      SimulatedClient page = network.client().topic("machines").connect();
      network.settle();
      return page;
    }
  }

  private static void add(EntryBook book, int count) {
    for (int i = 0; i < count; i++) {
      book.add("text");
    }
  }

  private void show(Snapshot snapshot) {
    snapshot.entries().forEach(entry -> shown.put(entry.number(), entry.text()));
  }

  private void show(Arrival arrival) {
    if (arrival.type().equals("ENTRIES")) {
      shown.clear();
      ((List<?>) arrival.payload()).forEach(entry -> show((Map<?, ?>) entry));
    } else if (arrival.type().equals("ENTRY")) {
      show((Map<?, ?>) arrival.payload());
    }
  }

  private void show(Map<?, ?> entry) {
    shown.put(((Number) entry.get("number")).intValue(), entry.get("text"));
  }

  private static Map<Object, Object> all(EntryBook book) {
    Map<Object, Object> all = new HashMap<>();
    book.snapshot().entries().forEach(entry -> all.put(entry.number(), entry.text()));
    return all;
  }
}
