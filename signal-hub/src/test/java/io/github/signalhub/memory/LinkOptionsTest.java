package io.github.signalhub.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.Hub;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkOptionsTest {
  private static final Handshake NOBODY = Handshake.builder().build();

  private final MemoryTransport transport = new MemoryTransport(2);
  private final Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();

  @BeforeEach
  void attach() throws IOException {
    hub.attach(transport);
  }

  @ParameterizedTest
  @CsvSource({"1, false, false", "1, false, true", "7, true, false", "4096, true, true"})
  void everyWayOfTakingGivesTheSame(int bufferBytes, boolean wholeFrames, boolean takesAhead) {
    MemoryLink link =
        transport.connect(
            NOBODY,
            LinkOptions.DEFAULT
                .withLoop(1)
                .withBufferBytes(bufferBytes)
                .withWholeFrames(wholeFrames)
                .withTakesAhead(takesAhead)
                .withReadableBytes(10));
    hub.broadcast("N", 1);
    hub.broadcast("N", 2);
    transport.run();
    assertThat(link.received()).isEmpty();
    assertThat(link.isInsideFrame()).isTrue();

    link.resume();

    assertThat(link.received()).hasSize(2);
    assertThat(link.isInsideFrame()).isFalse();
  }

  @Test
  void listenerTakesTextsInsteadOfTheList() {
    List<Object> heard = new ArrayList<>();
    LinkOptions.Listener listener =
        new LinkOptions.Listener() {
          @Override
          public void text(String text) {
            heard.add(text.contains("\"payload\":1,"));
          }

          @Override
          public void closing() {
            heard.add("closing");
          }

          @Override
          public void ended(DisconnectReason reason) {
            heard.add(reason);
          }
        };
    MemoryLink link = transport.connect(NOBODY, LinkOptions.DEFAULT.withListener(listener));

    hub.broadcast("N", 1);
    transport.run();
    hub.clients().iterator().next().close();
    transport.run();

    assertThat(heard).containsExactly(true, "closing", DisconnectReason.NORMAL);
    assertThat(link.received()).isEmpty();
  }

  @Test
  void loopsRunOneTaskAtATimeAndTimePassesAlone() {
    transport.connect(NOBODY, LinkOptions.DEFAULT);
    transport.run();
    hub.broadcast("N", 1);
    assertThat(transport.isIdle(1)).isTrue();
    assertThat(transport.isIdle(0)).isFalse();

    assertThat(transport.runTask(0)).isTrue();
    assertThat(transport.runTask(1)).isFalse();

    transport.elapse(Duration.ofMillis(5));
    assertThat(transport.nanoClock().getAsLong()).isEqualTo(5_000_000);
  }

  @Test
  void limitsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkOptions.DEFAULT.withReadableBytes(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transport.connect(NOBODY, LinkOptions.DEFAULT.withLoop(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> transport.elapse(Duration.ofNanos(-1)));
  }
}
