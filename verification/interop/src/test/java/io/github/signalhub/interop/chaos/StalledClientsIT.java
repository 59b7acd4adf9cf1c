package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that do not read cost a server with a small heap bounded memory, and cost other clients
 * no message. {@code chaos.stalled} clients sleep through {@code chaos.messages} messages.
 */
@Timeout(240)
class StalledClientsIT {
  private static final int STALLED = Integer.getInteger("chaos.stalled", 200);
  private static final int MESSAGES = Integer.getInteger("chaos.messages", 60_000);

  /**
   * The messages that are published at once, before the reading clients must have them. The log has
   * room for more.
   */
  private static final int BURST = 5_000;

  private static final int READING = 5;
  private static final int RECEIVE_BUFFER_BYTES = 4 << 10;
  private static final int MIB = 1 << 20;

  @Test
  void costTheOthersNothing() throws Exception {
    List<RawClient> stalled = new ArrayList<>();
    List<CheckingClient> reading = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(0, "-Xmx128m", "-XX:MaxDirectMemorySize=32m")) {
      for (int i = 0; i < STALLED; i++) {
        RawClient client = new RawClient(server.port(), RECEIVE_BUFFER_BYTES);
        client.send(RawClient.handshake("/ws?signal-hub=1"));
        assertThat(client.readAnswer().status()).isEqualTo(101);
        stalled.add(client);
      }
      for (int i = 0; i < READING; i++) {
        reading.add(
            new CheckingClient(
                i, server.port(), Set.of(), Duration.ofSeconds(60), new SplittableRandom(i)));
      }
      ChaosServer.await(
          "greetings", () -> reading.stream().allMatch(client -> client.greetings() > 0));
      long before = server.heapBytes();

      long start = System.nanoTime();
      int overloads = 0;
      for (int from = 0; from < MESSAGES; from += BURST) {
        overloads += server.publish(from, BURST);
        int upTo = from + BURST;
        ChaosServer.await(
            "offset " + upTo, () -> reading.stream().allMatch(client -> client.isSettledAt(upTo)));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      long after = server.heapBytes();

      Sequence all = new Sequence();
      for (int i = 0; i < MESSAGES; i++) {
        all.add(i + 1, i);
      }
      for (CheckingClient client : reading) {
        client.end();
        client.compareWith(topic -> all);
      }
      int got = readOn(stalled.get(0));
      System.out.printf(
          "chaos: %,d messages in %.0f s past %,d clients that do not read, log full %d times;"
              + " heap of 128 MiB in use %.1f, before %.1f; %d clients got all, one that woke up"
              + " %,d%n",
          MESSAGES,
          seconds,
          STALLED,
          overloads,
          after / (double) MIB,
          before / (double) MIB,
          READING,
          got);
      assertThat(reading).flatExtracting(CheckingClient::faults).isEmpty();
      assertThat(got).as("messages of the client that woke up").isLessThan(MESSAGES);
      assertThat(after).as("heap in use").isLessThan(64L * MIB);
      for (RawClient client : stalled) {
        client.close();
      }
    }
  }

  /** Reads to the last message, and requires a gap for missing ones. Returns their number. */
  private static int readOn(RawClient client) throws Exception {
    int messages = 0;
    long position = 0;
    long next = 1; // the least offset of the next message
    while (position < MESSAGES) {
      RawClient.Frame frame = client.readFrame();
      if (frame.opcode() == 0x9) {
        continue; // a ping
      }
      Map<?, ?> message = (Map<?, ?>) Json.parse(frame.text());
      Map<?, ?> payload = (Map<?, ?>) message.get("payload");
      if (message.get("type").equals("N")) {
        position = Ids.offset((String) message.get("id"));
        assertThat(position).as("offset").isEqualTo(next);
        assertThat(payload.get("n")).isEqualTo(position - 1);
        next = position + 1;
        messages++;
      } else if (message.get("type").equals("$gap")) {
        assertThat(Ids.offset((String) payload.get("after"))).as("after").isEqualTo(position);
        next = Ids.offset((String) payload.get("next"));
      }
    }
    return messages;
  }
}
