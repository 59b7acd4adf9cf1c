package io.github.signalhub.jdkserver.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.certificates.CertificateFiles;
import io.github.signalhub.jdkserver.internal.certificates.CurrentCertificates;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CertificateWatchIT {
  private final BlockingQueue<Runnable> looks = new LinkedBlockingQueue<>();
  private final CurrentCertificates failing = // it was not started, so each look throws
      new CurrentCertificates(
          new CertificateFiles(
              Path.of("none"), Path.of("none"), Optional.empty(), Duration.ofMillis(1)));
  private NioLoop loop;

  @BeforeEach
  void startLoop() throws IOException {
    loop = new NioLoop("test");
    loop.start();
  }

  @AfterEach
  void stopLoop() {
    loop.stop();
  }

  @Test
  void looksAgainAfterALookThatThrew() throws Exception {
    new CertificateWatch(loop, looks::add, failing).begin();

    for (int i = 0; i < 3; i++) {
      Runnable look = looks.poll(30, TimeUnit.SECONDS);
      assertThat(look).isNotNull();
      look.run();
    }
  }

  @Test
  void looksAgainIfThereWasNoThread() throws Exception {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    Executor without =
        look -> {
          asked.add("once more");
          throw new OutOfMemoryError("unable to create native thread");
        };

    new CertificateWatch(loop, without, failing).begin();

    for (int i = 0; i < 3; i++) {
      assertThat(asked.poll(30, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void looksNoMoreOnceTheLoopHasEnded() throws Exception {
    new CertificateWatch(loop, looks::add, failing).begin();
    Runnable look = looks.poll(30, TimeUnit.SECONDS);
    loop.stop();
    assertThat(loop.awaitEnd(TimeUnit.SECONDS.toNanos(30))).isTrue();

    look.run(); // throws nothing

    assertThat(looks).isEmpty();
  }
}
