package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limit on the memory of clients' messages until their listeners have returned. */
@Timeout(60)
class WaitingMessagesTest {
  private final MemoryTransport transport = new MemoryTransport();
  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final List<String> calls = new ArrayList<>();
  private final Hub hub =
      Hub.builder().callbackExecutor(callbacks::add).maxWaitingBytes(200_000).build();
  private Runnable insideListener = () -> {};

  @BeforeEach
  void attach() throws IOException {
    hub.attach(transport);
    hub.addListener(
        new HubListener() {
          @Override
          public void onMessage(Client client, Message message) {
            calls.add(client.user().orElse("-") + " " + message.type());
            insideListener.run();
          }

          @Override
          public void onDisconnect(Client client, DisconnectReason reason) {
            calls.add(client.user().orElse("-") + " left with " + reason.code());
          }
        });
  }

  @Test
  void whoHasMostWaitingIsClosedWith1013AndOthersAreServed() {
    MemoryLink small = connect("small");
    MemoryLink large = connect("large");
    small.send(text("A", 100));
    large.send(text("B", 60_000));
    large.send(text("C", 30_000));

    connect("newcomer").send(text("D", 20_000));
    runAll();

    assertThat(large.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
    assertThat(calls).containsExactlyInAnyOrder("small A", "newcomer D", "large left with 1013");
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void messageThatTakesTooMuchWhenItIsParsedClosesItsClientWith1009() {
    MemoryLink link = connect("u");
    link.send("{\"type\":\"A\",\"payload\":[" + "[[1]],".repeat(1_000) + "1]}");
    link.send(text("B", 10));
    runAll();

    assertThat(link.closeReason()).contains(DisconnectReason.TOO_LARGE);
    assertThat(calls).containsExactly("u left with 1009");
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void messageWithoutRoomToBeParsedWaitsUntilAListenerHasReturned() {
    MemoryLink first = connect("first");
    MemoryLink second = connect("second");
    runAll();
    first.send(text("A", 30_000));
    second.send(text("B", 30_000));
    insideListener =
        () -> {
          insideListener = () -> {};
          runAll();
          calls.add("first returns");
        };

    runAll();

    assertThat(calls).containsExactly("first A", "first returns", "second B");
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void clientThatIsClosedWhileItsMessageWaitsForRoomLeaves() {
    MemoryLink first = connect("first");
    MemoryLink second = connect("second");
    runAll();
    first.send(text("A", 30_000));
    second.send(text("B", 30_000));
    insideListener =
        () -> {
          insideListener = () -> {};
          runAll();
          second.send(text("C", 45_000));
          connect("third").send(text("D", 30_000));
          runAll();
          calls.add("first returns");
        };

    runAll();

    assertThat(calls)
        .containsExactly("first A", "second left with 1013", "first returns", "third D");
    assertThat(hub.waitingBytes()).isZero();
  }

  @Test
  void nothingStaysCountedForClientsThatTheExecutorRefuses() {
    Hub refusing =
        Hub.builder()
            .callbackExecutor(
                callback -> {
                  throw new java.util.concurrent.RejectedExecutionException();
                })
            .build();
    MemoryTransport own = new MemoryTransport();
    try {
      refusing.attach(own);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    MemoryLink link = own.connect(Handshake.builder().build());
    link.send(text("A", 1_000));
    own.run();

    assertThat(refusing.waitingBytes()).isZero();
  }

  @Test
  void limitIsAtLeastTwoBytes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Hub.builder().maxWaitingBytes(1))
        .withMessage("expected maxWaitingBytes of at least 2, was 1");
  }

  private MemoryLink connect(String user) {
    return transport.connect(Handshake.builder().user(user).build());
  }

  /** Returns a message of a string of so many characters. */
  private static String text(String type, int chars) {
    return "{\"type\":\"" + type + "\",\"payload\":\"" + "x".repeat(chars) + "\"}";
  }

  private void runAll() {
    transport.run();
    while (!callbacks.isEmpty()) {
      callbacks.remove().run();
      transport.run();
    }
  }
}
