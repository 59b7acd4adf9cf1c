package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.spi.Backbone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A node that cannot join the others. */
class NodeStartTest {
  private static final class Unreachable implements Backbone {
    private final RuntimeException bug;
    private boolean closed;

    private Unreachable(RuntimeException bug) {
      this.bug = bug;
    }

    @Override
    public void start(Sink sink) throws IOException {
      if (bug != null) {
        throw bug;
      }
      throw new IOException("cannot use the engine; check the address");
    }

    @Override
    public boolean publish(Publication publication) {
      return false;
    }

    @Override
    public CompletionStage<Void> reached() {
      return new CompletableFuture<>();
    }

    @Override
    public long staleNanos() {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean flush(Duration atMost) {
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void isNoHubAndSaysWhatToDo() {
    Unreachable backbone = new Unreachable(null);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> Hub.builder().backbone(backbone).build())
        .withMessage("cannot use the engine; check the address");
    assertThat(backbone.closed).isTrue();
  }

  @Test
  void isClosedWhateverItsStartThrows() {
    RuntimeException bug = new IllegalStateException("a test");
    Unreachable backbone = new Unreachable(bug);

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> Hub.builder().backbone(backbone).build())
        .isSameAs(bug);
    assertThat(backbone.closed).isTrue();
  }
}
