package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares the bytes that a hub counts with the heap that they take, after full collections. Each
 * kind has its own process, because other tests would change a shared heap.
 */
@Timeout(240)
class CountedMemoryIT {
  private static final double MOST = 1.25;

  @ParameterizedTest
  @EnumSource
  void whatIsCountedIsWhatIsTakenWithinAQuarter(Kind kind) throws Exception {
    Figures figures = measure(kind);

    double ratio = (double) figures.taken / figures.counted;
    System.out.printf(
        "%s: %,d bytes counted, %,d taken, ratio %.2f%n",
        kind, figures.counted, figures.taken, ratio);
    assertThat(ratio).isBetween(1 / MOST, MOST);
  }

  private record Figures(long counted, long taken) {}

  private static Figures measure(Kind kind) throws IOException, InterruptedException {
    List<String> lines = OwnJvm.run("512m", Measurement.class, kind.name());
    return new Figures(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
  }

  /** The content of the hub. */
  enum Kind {
    /** Topics of one short message each. */
    STREAMS {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 40_000; i++) {
          publish(hub, "flow:" + i, "STARTED");
        }
      }
    },
    /** Topics of one short message each, with names of 200 characters. */
    LONG_NAMES {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 40_000; i++) {
          publish(hub, "flow:" + "x".repeat(190) + i, "STARTED");
        }
      }
    },
    /** One topic of many short messages. */
    ONE_STREAM {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 200_000; i++) {
          publish(hub, "flow", "STARTED");
        }
      }
    },
    /** Tables of one row each. */
    TABLES {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 20_000; i++) {
          publish(hub, "table:" + i, "STARTED");
        }
      }
    },
    /** One table of many rows. */
    ONE_TABLE {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 50_000; i++) {
          assertThat(hub.topic("table").publish("key" + i, "STARTED").isAccepted()).isTrue();
        }
      }
    },
    /** Short messages that are not sent to their senders, each of which is gone. */
    KEPT_FROM_SENDERS {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 20_000; i++) {
          String session = "%032x".formatted(i);
          MemoryLink link =
              transport.connect(Handshake.builder().user("user" + i).session(session).build());
          Client sender = hub.client(link.clientId()).orElseThrow();
          assertThat(hub.topic("flow").publishExcept(sender, "N", i).isAccepted()).isTrue();
          assertThat(hub.topic("table").publishExcept(sender, "key" + i, i).isAccepted()).isTrue();
          link.cut();
        }
        transport.run();
      }
    },
    /** Messages of 200 KB. */
    BIG_PAYLOADS {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 200; i++) {
          publish(hub, "flow:" + i, "x".repeat(200_000));
        }
      }
    },
    /** Short messages that were sent, so that each also has a wire form. */
    WIRE_FORMS {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int i = 0; i < 100_000; i++) {
          publish(hub, "flow", "STARTED");
        }
        String start = hub.lastId().substring(0, hub.lastId().length() - 16) + "0".repeat(16);
        MemoryLink reader =
            transport.connect(Handshake.builder().topic("flow").after(start).build());
        transport.run();
        assertThat(reader.received()).hasSize(100_000);
        reader.cut();
      }
    },
    /** Users that joined and left many rooms. Each room also has a message. */
    AWAY {
      @Override
      void fill(Hub hub, MemoryTransport transport) {
        for (int user = 0; user < 400; user++) {
          MemoryLink link = transport.connect(Handshake.builder().user("user" + user).build());
          for (int i = 0; i < 100; i++) {
            String room = "room:" + user + ":" + i;
            publish(hub, room, "STARTED");
            assertThat(hub.client(link.clientId()).orElseThrow().join(room)).isTrue();
          }
          transport.run();
          link.cut();
          transport.run();
        }
      }
    };

    abstract void fill(Hub hub, MemoryTransport transport);

    static void publish(Hub hub, String topic, String payload) {
      assertThat(hub.topic(topic).publish("FLOW_STATUS", payload).isAccepted()).isTrue();
    }
  }

  /** The process, which prints the counted bytes and the bytes of heap. */
  static final class Measurement {
    private Measurement() {}

    public static void main(String[] args) throws IOException {
      fill(Kind.valueOf(args[0])); // loads the classes
      long before = OwnJvm.usedBytes();
      Hub hub = fill(Kind.valueOf(args[0]));
      long taken = OwnJvm.usedBytes() - before;
      System.out.println(hub.stats().retainedBytes() + hub.stats().presenceBytes());
      System.out.println(taken);
    }

    private static Hub fill(Kind kind) throws IOException {
      TopicOptions many =
          TopicOptions.DEFAULT
              .withMessages(1 << 20)
              .withBytes(1 << 30)
              .withAge(Duration.ofHours(1));
      Hub hub =
          Hub.builder()
              .topicDefaults(many)
              .topic("table*", many.compactBy(Message::type).withMaxKeys(1 << 20))
              .topic("room*", many.withPresence(Duration.ofHours(1)))
              .maxLogBytes(1 << 28)
              .maxTableBytes(1 << 28)
              .maxPresenceBytes(1 << 28)
              .callbackExecutor(Runnable::run)
              .build();
      MemoryTransport transport = new MemoryTransport();
      hub.attach(transport);
      kind.fill(hub, transport);
      return hub;
    }
  }
}
