package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of docs/testing.md and of the README. */
class DashboardTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void dashboardShowsTheTruthAfterABadDay(long seed) {
    SimulatedNetwork network = new SimulatedNetwork(seed);
    Hub hub = network.open(Hub.builder());
    Guarantee guarantee = new Guarantee(network);
    Map<Object, Object> dashboard = new HashMap<>(); // the code under test: put yours here
    SimulatedClient browser = network.client().topic("flows").connect();
    browser.onArrival(m -> m.member("flow").ifPresent(f -> dashboard.put(f, m.payload())));
    network.settle();

    network.inject(Faults.ROUGH); // stalls, split messages, cuts, links that go silent, delays
    for (int flow = 0; flow < 100; flow++) {
      for (String status : List.of("RUNS", "DONE")) {
        Message message = Message.of("STATUS", Map.of("flow", flow, "status", status));
        guarantee.published("flows", hub.topic("flows").publish(message));
        network.runFor(Duration.ofMillis(300));
      }
    }
    network.heal();
    network.runFor(Duration.ofMinutes(1)); // virtual time, which passes at once

    guarantee.checkComplete(browser); // everything, in order, once; a failure names the seed
    assertThat(dashboard).hasSize(100);
    assertThat(dashboard.values()).allMatch(flow -> flow.toString().contains("DONE"));
  }
}
