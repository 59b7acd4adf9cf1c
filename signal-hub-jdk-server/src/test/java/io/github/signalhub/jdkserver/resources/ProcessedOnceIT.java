package io.github.signalhub.jdkserver.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.RawClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Attackers that try to make the hub forget a user's messages, so that it processes the user's
 * repeats again. The server has its own process with the default limits and 256 MiB. Prints the
 * figures.
 */
@Timeout(300)
class ProcessedOnceIT {
  private static final boolean QUIET = Boolean.getBoolean("signalhub.quiet");
  private static final int REFS = 1_024;

  private OwnProcess server;

  @BeforeEach
  void start() throws Exception {
    server = OwnProcess.start(List.of("-Xmx256m"), Counting.class);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void isNotSwitchedOffBySixtySixConnectionsOfMany() throws Exception {
    assertProcessedOnce("66 connections of 1,024 refs each", this::manyRefs);
  }

  @Test
  void isNotSwitchedOffByShortConnections() throws Exception {
    int connections = QUIET ? 10_005 : 2_600; // more than the quota of an address
    assertProcessedOnce(connections + " short connections", () -> manySessions(connections));
  }

  private void assertProcessedOnce(String attack, Attack attacked) throws Exception {
    send("user=u&session=" + "f".repeat(32), 1);
    send("session=" + "e".repeat(32), 1);
    long start = System.nanoTime();

    attacked.run();

    double millis = (System.nanoTime() - start) / 1e6;
    send("user=u&session=" + "f".repeat(32), 1);
    int ofUser = processed("u");
    send("session=" + "e".repeat(32), 1);
    int ofAnonymous = processed("anonymous");
    System.out.printf(
        "resources: %s in %.0f ms: a user's message is processed %d times, an anonymous one's of"
            + " the attackers' address %d times%n",
        attack, millis, ofUser, ofAnonymous);
    assertThat(ofUser)
        .isEqualTo(1); // the promise to the anonymous client holds for only 30 seconds
  }

  private interface Attack {
    void run() throws Exception;
  }

  private void manyRefs() throws Exception {
    for (int i = 0; i < 66; i++) {
      send("session=%032x".formatted(i), REFS);
    }
  }

  private void manySessions(int connections) throws Exception {
    for (int i = 0; i < connections; i++) {
      send("session=%032x".formatted(i), 1);
    }
  }

  /** Sends messages with refs from 1 on, waits until all are processed, and disconnects. */
  private void send(String query, int refs) throws Exception {
    boolean attacker = query.startsWith("session=0");
    try (RawClient client = RawClient.webSocket(server.port(), "/ws?signal-hub=1&" + query)) {
      assertThat(client.readFrame().text()).contains("$hello");
      String type = attacker ? "ATTACK" : "T";
      byte[][] messages = new byte[refs][];
      for (int ref = 1; ref <= refs; ref++) {
        messages[ref - 1] = RawClient.text("{\"type\":\"" + type + "\",\"ref\":" + ref + "}");
      }
      client.send(RawClient.join(messages));
      for (int ref = 1; ref <= refs; ref++) {
        assertThat(client.readFrame().text()).contains("$ack");
      }
      client.send(RawClient.close(1000, ""));
      client.readToClose();
    }
  }

  private int processed(String who) throws Exception {
    return Integer.parseInt(server.ask(who));
  }

  /** The process, which counts the messages of type T. */
  static final class Counting {
    private Counting() {}

    public static void main(String[] args) throws Exception {
      AtomicInteger ofUser = new AtomicInteger();
      AtomicInteger ofAnonymous = new AtomicInteger();
      Hub hub = Hub.create();
      hub.onMessage(
          (client, message) -> {
            if (message.type().equals("T")) {
              (client.user().isPresent() ? ofUser : ofAnonymous).incrementAndGet();
            }
          });
      OwnProcess.serve(hub);
      BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
      for (String who = questions.readLine(); who != null; who = questions.readLine()) {
        System.out.println(who.equals("u") ? ofUser : ofAnonymous);
      }
      System.exit(0);
    }
  }
}
