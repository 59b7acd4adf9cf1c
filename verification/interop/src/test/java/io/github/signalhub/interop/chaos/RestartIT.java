package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.OwnPort;
import io.github.signalhub.json.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server restarts while {@code chaos.restartClients} clients of the hook's core are connected.
 * Each client is told that it cannot resume. The clients do not return all at once.
 */
@Timeout(180)
class RestartIT {
  private static final int CLIENTS = Integer.getInteger("chaos.restartClients", 200);

  /** Only a quiet machine wakes clients on time. A busy one wakes them in groups. */
  private static final boolean QUIET = Boolean.getBoolean("signalhub.quiet");

  private static final String MEMORY = "-Xmx256m";
  private static final double WINDOW_MILLIS = 100;

  @Test
  void whenItIsKilled() throws Exception {
    restart("killed", ServerProcess::kill);
  }

  @Test
  void whenItClosesInGoodOrder() throws Exception {
    restart("closed", ServerProcess::closeHub);
  }

  private static void restart(String how, Consumer<ServerProcess> end) throws Exception {
    try (ServerProcess first = ServerProcess.start(OwnPort.next(), MEMORY);
        NodeProcess clients =
            NodeProcess.start(
                "many.js",
                Map.of(
                    "COUNT",
                    Integer.toString(CLIENTS),
                    "WS_URL",
                    "ws://127.0.0.1:%d/ws?topic=flow".formatted(first.port())))) {
      assertThat(clients.hear()).isEqualTo("open");

      end.accept(first);
      try (ServerProcess second = ServerProcess.start(first.port(), MEMORY)) {
        Map<?, ?> report = (Map<?, ?>) Json.parse(clients.ask("back"));
        double[] handshakes = second.handshakes();
        double[] attempts =
            ((List<?>) report.get("attempts"))
                .stream().mapToDouble(millis -> ((Number) millis).doubleValue()).toArray();

        System.out.printf(
            "chaos: server %s, %d clients back within %.0f ms of the first; at most %d of them within %.0f ms;"
                + " at most %d tried within as long; %s were told $bye%n",
            how,
            handshakes.length,
            handshakes[handshakes.length - 1] - handshakes[0],
            most(handshakes),
            WINDOW_MILLIS,
            most(attempts),
            report.get("byes"));
        assertThat(report.get("back")).as("back").isEqualTo((long) CLIENTS);
        assertThat(report.get("notResumed")).as("not resumed").isEqualTo((long) CLIENTS);
        assertThat(report.get("gapTold")).as("told of a gap").isEqualTo((long) CLIENTS);
        assertThat(handshakes).hasSize(CLIENTS);
        if (QUIET) {
          assertThat(most(handshakes)).as("came at once").isLessThan(CLIENTS / 4);
        }
      }
    }
  }

  /** Returns the number of times in the fullest window. The times are sorted. */
  private static int most(double[] millis) {
    int most = 0;
    for (int from = 0, to = 0; to < millis.length; to++) {
      while (millis[to] - millis[from] >= WINDOW_MILLIS) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }
}
