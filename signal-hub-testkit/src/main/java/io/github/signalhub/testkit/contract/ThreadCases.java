package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Hub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Cases of threads: idle clients hold no thread that other users of the host need. */
final class ThreadCases {
  private static final int CLIENTS = 300;
  private static final int PROBES = 20;

  /** 1.5 MiB, more than a system buffers for a client with tiny buffers. */
  private static final int BULKS = 24;

  /** More messages than a hub takes from a client while the listener waits. */
  private static final int MESSAGES = 100;

  private ThreadCases() {}

  static void addTo(Map<String, CarrierContract.Script> scripts) {
    scripts.put("300 clients that stall hold no thread of the host", ThreadCases::stalled);
    scripts.put(
        "300 clients whose listener waits hold no thread of the host", ThreadCases::waiting);
  }

  private static void stalled(CarrierStage stage) throws Exception {
    stage.open(Stage.retainingAll());
    SocketPeer reading = stage.peer("");
    connect(stage, CLIENTS);
    List<Object> all = Stage.numbers(0, BULKS);

    all.forEach(n -> stage.hub.broadcast("N", List.of(n, Stage.BULK)));

    stage.awaitFirstElements(reading, all);
    expectOthersServed(stage, CLIENTS + " clients do not read");
    stage.hub.broadcast("N", List.of((long) BULKS));
    stage.awaitFirstElements(reading, Stage.numbers(0, BULKS + 1));
  }

  private static void waiting(CarrierStage stage) throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    stage.open(Hub.builder());
    stage.hub.onMessage((client, message) -> Stage.awaitQuietly(waits));
    List<RawSocket> clients = connect(stage, CLIENTS);
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    for (int i = 0; i < MESSAGES; i++) {
      byte[] text = "{\"type\":\"N\"}".getBytes(UTF_8);
      messages.writeBytes(RawSocket.frame(RawSocket.FIN | RawSocket.TEXT, text));
    }

    try {
      for (RawSocket client : clients) {
        client.write(messages.toByteArray());
      }
      stage.await(
          () -> !stage.recorder.messages.isEmpty(),
          "a listener that is called",
          () -> "none",
          "Messages reach the listener.");
      expectOthersServed(stage, "a listener waits for something");
    } finally {
      waits.countDown();
    }

    stage.awaitMessages(CLIENTS * MESSAGES);
    Expect.equal(
        CLIENTS * MESSAGES,
        stage.recorder.messages.size(),
        "messages",
        "A client that has to wait loses nothing.");
  }

  private static List<RawSocket> connect(CarrierStage stage, int count) throws Exception {
    int before = stage.recorder.connected.size();
    List<RawSocket> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try {
        clients.add(stage.rawPeer());
      } catch (IOException e) {
        throw Expect.failure(
            count + " clients at once", i + ", then " + e, "Open connections hold no thread.");
      }
    }
    stage.awaitConnected(before + count);
    return clients;
  }

  private static void expectOthersServed(CarrierStage stage, String meanwhile) {
    Optional<String> page = stage.sockets.carrier().page();
    String why = "While " + meanwhile + ", the host has to serve its pages and its other clients.";
    for (int i = 0; i < PROBES; i++) {
      try {
        Expect.equal(101, stage.sockets.handshake("").status(), "status of a handshake", why);
        if (page.isPresent()) {
          Expect.equal(200, stage.sockets.request(page.get()).status(), "status of a page", why);
        }
      } catch (IOException e) {
        throw Expect.failure("an answer", "none (" + e + ")", why);
      }
    }
  }
}
