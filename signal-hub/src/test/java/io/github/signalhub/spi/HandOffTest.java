package io.github.signalhub.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.ListenerHandle;
import io.github.signalhub.connection.DisconnectReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How the messages of a read come to the thread of the listeners. */
class HandOffTest {
  private final VirtualLoop loop = new VirtualLoop();
  private final Queue<Runnable> executor = new ArrayDeque<>();
  private final Hub hub = Hub.builder().callbackExecutor(executor::add).build();
  private final Platform platform = new Platform();
  private final Link link = new Link(loop, WireForm.TEXT, LinkTimeouts.NONE, platform, loop::now);
  private final List<String> heard = new ArrayList<>();
  private int handOffs;

  HandOffTest() {
    hub.addListener(
        new HubListener() {
          @Override
          public void onText(Client client, String text) {
            heard.add(text);
          }

          @Override
          public boolean acceptsBinary() {
            return true;
          }

          @Override
          public void onBinary(Client client, byte[] bytes) {
            heard.add("binary " + bytes.length);
          }

          @Override
          public void onDisconnect(Client client, DisconnectReason reason) {
            heard.add("end");
          }
        });
    link.register(hub, Handshake.builder().build());
    run();
    handOffs = 0;
  }

  @Test
  void messagesOfOneReadAreHandedOverOnceAndInTheirOrder() {
    link.readBegins();
    for (int i = 0; i < 20; i++) {
      link.text(bytes("text " + i));
      run();
    }
    link.binary(new byte[7]);
    run();
    assertThat(handOffs).isZero();

    link.readEnds();
    run();

    assertThat(handOffs).isEqualTo(1);
    assertThat(heard).hasSize(21).startsWith("text 0", "text 1").endsWith("text 19", "binary 7");
  }

  @Test
  void eachReadIsHandedOver() {
    for (int i = 0; i < 3; i++) {
      link.readBegins();
      link.text(bytes("a"));
      link.readEnds();
      run();
      assertThat(heard).hasSize(i + 1);
    }
    assertThat(handOffs).isEqualTo(3);
  }

  @Test
  void readWithoutAMessageIsNotHandedOver() {
    link.readBegins();
    link.readEnds();

    assertThat(executor).isEmpty();
  }

  @Test
  void messageWithoutNoticeOfAReadIsHandedOverAtOnce() {
    link.text(bytes("a"));
    run();

    assertThat(heard).containsExactly("a");
  }

  @Test
  void messagesThatAreRunningTakeThoseOfTheNextReadAlong() {
    link.readBegins();
    link.text(bytes("a"));
    link.readEnds();
    link.readBegins();
    link.text(bytes("b"));
    link.readEnds();

    run();

    assertThat(heard).containsExactly("a", "b");
    assertThat(handOffs).isEqualTo(1);
  }

  @Test
  void messagesBeforeTheEndOfTheConnectionAreHeardBeforeIt() {
    link.readBegins();
    link.text(bytes("a"));
    link.closed(DisconnectReason.ABNORMAL);
    link.readEnds();
    run();

    assertThat(heard).containsExactly("a", "end");
  }

  @Test
  void readingPausesWithinAReadWhenTooManyMessagesWait() {
    link.readBegins();
    List<Integer> wanted =
        IntStream.range(0, 66).filter(i -> link.text(bytes("text " + i))).boxed().toList();
    link.readEnds();

    assertThat(wanted).hasSize(64); // the next one is the first too many
    assertThat(link.isReadEnabled()).isFalse();
    run();
    assertThat(link.isReadEnabled()).isTrue();
    assertThat(heard).hasSize(66);
  }

  @Test
  void callOfAnotherThreadDuringAReadIsNotLost() {
    link.readBegins();
    loop.elsewhere(() -> hub.clients().forEach(client -> client.join("room")));
    link.text(bytes("a"));
    link.readEnds();
    run();

    assertThat(heard).containsExactly("a");
    assertThat(hub.clients().iterator().next().topics()).containsExactly("room");
  }

  @Nested
  class WithoutListenersOfConnections {
    private final Logger log = Logger.getLogger("io.github.signalhub.Hub");
    private final Hub quiet = Hub.builder().callbackExecutor(executor::add).build();
    private final Link client =
        new Link(loop, WireForm.TEXT, LinkTimeouts.NONE, new Platform(), loop::now);

    @BeforeEach
    void turnOffTheLogOfConnections() {
      log.setLevel(Level.WARNING);
    }

    @AfterEach
    void turnItOn() {
      log.setLevel(null);
    }

    @Test
    void connectionAndItsEndAreNotHandedOver() {
      quiet.onMessage((from, message) -> heard.add(message.type()));

      client.register(quiet, Handshake.builder().topic("room").build());
      end();

      assertThat(handOffs).isZero();
    }

    @Test
    void joinsAreHeardInTheirOrder() {
      client.register(quiet, Handshake.builder().build());
      quiet.onJoin("room", (from, join) -> heard.add("join " + join.topic()));
      quiet.onLeave("room", (from, topic) -> heard.add("leave " + topic));

      quiet.clients().forEach(each -> each.join("room"));
      run();
      end();

      assertThat(heard).containsExactly("join room", "leave room");
    }

    @Test
    void messageIsHeardAndItsClientEnds() {
      quiet.onMessage((from, message) -> heard.add(message.type()));

      client.register(quiet, Handshake.builder().build());
      client.text(bytes("{\"type\":\"SAY\"}"));
      run();
      end();

      assertThat(heard).containsExactly("SAY");
      assertThat(quiet.clients()).isEmpty();
      assertThat(handOffs).isEqualTo(2); // what was kept of its messages ends, too
    }

    @Test
    void joinOfTheHandshakeIsHeardAtOnce() {
      quiet.onJoin("room", (from, join) -> heard.add("join " + join.topic()));

      client.register(quiet, Handshake.builder().topic("room").build());
      run();

      assertThat(heard).containsExactly("join room");
    }

    @Test
    void leaveAtTheEndIsHeardByItsHandlerAlone() {
      quiet.onLeave("room", (from, topic) -> heard.add("leave " + topic));

      client.register(quiet, Handshake.builder().topic("room").build());
      run();
      end();

      assertThat(heard).containsExactly("leave room");
    }

    @Test
    void listenerHearsBothEnds() {
      quiet.addListener(ends("A"));

      client.register(quiet, Handshake.builder().build());
      run();
      end();

      assertThat(heard).containsExactly("A begin", "A end");
    }

    @Test
    void listenerThatComesBeforeTheHandOffHearsBothEnds() {
      ListenerHandle first = quiet.addListener(ends("A"));
      client.register(quiet, Handshake.builder().build());
      first.remove();
      client.closed(DisconnectReason.NORMAL);
      quiet.addListener(ends("B"));
      run();

      assertThat(heard).containsExactly("B begin", "B end");
    }

    private void end() {
      client.closed(DisconnectReason.NORMAL);
      run();
    }

    private HubListener ends(String name) {
      return new HubListener() {
        @Override
        public void onConnect(Client client) {
          heard.add(name + " begin");
        }

        @Override
        public void onDisconnect(Client client, DisconnectReason reason) {
          heard.add(name + " end");
        }
      };
    }
  }

  /** Runs the tasks of the loop and of the executor, and counts those of the executor. */
  private void run() {
    loop.run();
    for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
      handOffs++;
      task.run();
      loop.run();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static final class Platform implements PlatformConnection {
    @Override
    public void flush() {}

    @Override
    public void setReadEnabled(boolean enabled) {}

    @Override
    public void sendClose(DisconnectReason reason) {}

    @Override
    public boolean ping() {
      return false;
    }

    @Override
    public long takenBytes(long accepted) {
      return accepted;
    }

    @Override
    public void cut() {}
  }
}
