package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A hub, its memory transport and its clock, all on the thread of the test. */
final class Room {
  final AtomicLong clock = new AtomicLong();
  final MemoryTransport transport = new MemoryTransport();
  final Hub hub;

  Room() {
    this(Hub.builder());
  }

  Room(HubBuilder options) {
    this(options, Runnable::run);
  }

  Room(HubBuilder options, Executor callbacks) {
    hub = options.callbackExecutor(callbacks).nanoClock(clock::get).build();
    try {
      hub.attach(transport);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  MemoryLink connect(String... topics) {
    Handshake.Builder handshake = Handshake.builder();
    List.of(topics).forEach(handshake::topic);
    return connect(handshake);
  }

  MemoryLink connect(Handshake.Builder handshake) {
    return transport.connect(handshake.build());
  }

  Client client(MemoryLink link) {
    return hub.client(link.clientId()).orElseThrow();
  }

  /** Publishes numbers as payloads, and requires that each is accepted. */
  void publish(String topic, int from, int to) {
    for (int n = from; n < to; n++) {
      assertThat(hub.topic(topic).publish("N", n).isAccepted()).isTrue();
    }
  }

  void run() {
    transport.run();
  }

  /** Runs the transport and returns short forms of the arrivals: payloads of N, types of others. */
  List<Object> arrived(MemoryLink link) {
    run();
    return link.received().stream()
        .map(Room::json)
        .map(
            message ->
                message.get("type").equals("N") ? message.get("payload") : message.get("type"))
        .toList();
  }

  /** Returns the payloads of all control messages of a type. */
  static List<Object> controls(MemoryLink link, String type) {
    return link.received().stream()
        .map(Room::json)
        .filter(message -> message.get("type").equals(type))
        .map(message -> message.get("payload"))
        .toList();
  }

  static String idOf(MemoryLink link, int message) {
    return (String) json(link.received().get(message)).get("id");
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> payload(String text) {
    return (Map<String, Object>) json(text).get("payload");
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> json(String text) {
    return (Map<String, Object>) Json.parse(text);
  }
}
