package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The hub stops reading from a peer that requests answers and does not read them. */
@Timeout(60)
class RefFloodTest {
  private static final int FLOOD = 5_000;

  /** Messages that wait for listeners, messages of a running turn, and waiting answers. */
  private static final int MOST_TAKEN = 64 + 32 + 64;

  private final MemoryTransport transport = new MemoryTransport();
  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final Hub hub = Hub.builder().callbackExecutor(callbacks::add).build();

  @Test
  void messagesWithRefs() throws IOException {
    MemoryLink link = connect();

    flood(link, "{\"type\":\"A\",\"ref\":%d}");

    assertThat(link.isReadEnabled()).isFalse();
    assertThat(hub.stats().received()).isLessThanOrEqualTo(MOST_TAKEN);
    assertThat(link.received()).hasSize(1);
    link.resume();
    runAll();
    assertThat(link.isReadEnabled()).isTrue();
    assertThat(Room.controls(link, "$ack").stream().map(Object::toString))
        .containsExactlyElementsOf(refs());
  }

  @Test
  void textsThatAreNoMessages() throws IOException {
    MemoryLink link = connect();

    flood(link, "hello %d");

    assertThat(link.isReadEnabled()).isFalse();
    assertThat(hub.stats().ignored()).isLessThanOrEqualTo(MOST_TAKEN);
    link.resume();
    runAll();
    assertThat(Room.controls(link, "$error")).hasSize(FLOOD);
  }

  @Test
  void requestsToLeave() throws IOException {
    MemoryLink link = connect();

    flood(link, "{\"type\":\"$leave\",\"payload\":{\"topic\":\"t\",\"ref\":%d}}");

    assertThat(link.isReadEnabled()).isFalse();
    link.resume();
    runAll();
    assertThat(Room.controls(link, "$left")).hasSize(FLOOD);
  }

  private MemoryLink connect() throws IOException {
    hub.attach(transport);
    MemoryLink link = transport.connect(Handshake.builder().controlMessages(true).build());
    runAll();
    link.stall();
    return link;
  }

  private void flood(MemoryLink link, String text) {
    for (int i = 0; i < FLOOD; i++) {
      link.send(text.formatted(i));
    }
    runAll();
  }

  /** Runs the loop and the callbacks until none is left. */
  private void runAll() {
    transport.run();
    while (!callbacks.isEmpty()) {
      callbacks.remove().run();
      transport.run();
    }
  }

  private static Iterable<String> refs() {
    return LongStream.range(0, FLOOD).mapToObj(ref -> "{ref=" + ref + "}").toList();
  }
}
