package io.github.signalhub.jdkserver.resources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.jdkserver.RawClient;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Small compressed messages that are large when they are parsed, while listeners wait. The server
 * has its own process with the default limits and 256 MiB. The first OutOfMemoryError ends it.
 * Prints the figures.
 */
@Timeout(180)
class ParsedMessagesIT {
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";

  private final List<RawClient> attackers = new ArrayList<>();
  private OwnProcess server;

  @BeforeEach
  void start() throws Exception {
    server = OwnProcess.start(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"), Waiting.class);
  }

  @AfterEach
  void stop() throws Exception {
    for (RawClient attacker : attackers) {
      attacker.close();
    }
    server.close();
  }

  @Test
  void twelveDoNotFillTheHeapAndAnHonestClientIsServed() throws Exception {
    attack(12, 1);
  }

  @Test
  void sixtySendersOfSeveralDoNotFillTheHeapAndAnHonestClientIsServed() throws Exception {
    attack(60, 4);
  }

  @Test
  void oneThatNeverFitsClosesItsClientWith1009() throws Exception {
    byte[] frame = RawClient.frame(0xC1, deflated(large("[".repeat(50) + 1 + "]".repeat(50))));
    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.handshake("/ws", OFFER));
      assertThat(client.readAnswer().status()).isEqualTo(101);
      client.send(frame);

      assertThat(client.readToClose()).isEqualTo(1009);
    }
    assertThat(server.isAlive()).as("no OutOfMemoryError").isTrue();
  }

  private void attack(int senders, int messages) throws Exception {
    byte[] frame = RawClient.frame(0xC1, deflated(large("{\"a\":1}")));
    try (RawClient honest = RawClient.webSocket(server.port(), "/ws?signal-hub=1&user=honest")) {
      assertThat(honest.readFrame().text()).contains("$hello");
      double alone = roundTrips(honest, 50, 0);

      for (int i = 0; i < senders; i++) {
        RawClient attacker = new RawClient(server.port());
        attackers.add(attacker);
        attacker.send(RawClient.handshake("/ws", OFFER));
        assertThat(attacker.readAnswer().status()).isEqualTo(101);
        for (int j = 0; j < messages; j++) {
          attacker.send(frame);
        }
      }
      double beside = roundTrips(honest, 50, 50);
      server.tell("release");
      roundTrips(honest, 50, 100);

      System.out.printf(
          "resources: %d senders of %d messages of %d bytes: alive; 50 round trips of an honest"
              + " client %.0f ms before, %.0f ms beside them%n",
          senders, messages, frame.length, alone, beside);
    }
    assertThat(server.isAlive()).as("no OutOfMemoryError").isTrue();
  }

  private static double roundTrips(RawClient client, int count, int from) throws Exception {
    long start = System.nanoTime();
    for (int ref = from; ref < from + count; ref++) {
      client.send(RawClient.text("{\"type\":\"T\",\"payload\":{\"n\":1},\"ref\":" + ref + "}"));
      assertThat(client.readFrame().text()).contains("$ack").contains(":" + ref);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /** Returns 1 MiB of JSON that takes more than 20 MiB when it is parsed. */
  private static byte[] large(String element) {
    StringBuilder text = new StringBuilder("{\"type\":\"WAIT\",\"payload\":[" + element);
    while (text.length() < (1 << 20) - 100) {
      text.append(',').append(element);
    }
    return text.append("]}").toString().getBytes(UTF_8);
  }

  private static byte[] deflated(byte[] message) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 << 10];
    int count;
    while ((count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
      out.write(buffer, 0, count);
    }
    deflater.end();
    return Arrays.copyOf(out.toByteArray(), out.size() - 4); // RFC 7692 §7.2.1
  }

  /** The process. Its listener waits in each message of type WAIT until the test releases it. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] args) throws Exception {
      CountDownLatch release = new CountDownLatch(1);
      Hub hub = Hub.builder().callbackExecutor(Executors.newCachedThreadPool()).build();
      hub.addListener(
          new HubListener() {
            @Override
            public void onMessage(Client client, Message message) {
              if (message.type().equals("WAIT")) {
                try {
                  release.await(150, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            }
          });
      OwnProcess.serve(hub);
      BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
      if (commands.readLine() != null) {
        release.countDown();
      }
      commands.readLine();
      System.exit(0);
    }
  }
}
