package io.github.signalhub.internal.node;

import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Backbone;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Keeps what another backbone throws from the threads of the hub. A call that fails counts as one
 * that the engine did not answer, and a warning tells of the first in a while. Thread-safe.
 */
public final class GuardedBackbone implements Backbone {
  private final Backbone backbone;
  private final Episode failing;

  /** Guards a backbone. */
  public GuardedBackbone(Backbone backbone, LongSupplier nanoClock) {
    this.backbone = backbone;
    this.failing = new Episode(nanoClock);
  }

  @Override
  public void start(Sink sink) throws IOException {
    backbone.start(sink);
  }

  @Override
  public boolean publish(Publication publication) {
    try {
      return backbone.publish(publication);
    } catch (RuntimeException e) {
      failed(e);
      return false;
    }
  }

  @Override
  public CompletionStage<Void> reached() {
    try {
      return backbone.reached();
    } catch (RuntimeException e) {
      failed(e);
      return CompletableFuture.failedStage(e);
    }
  }

  @Override
  public long staleNanos() {
    try {
      return backbone.staleNanos();
    } catch (RuntimeException e) {
      failed(e);
      return Long.MAX_VALUE;
    }
  }

  @Override
  public CompletionStage<Claim> claim(String session, String ref) {
    try {
      return backbone.claim(session, ref);
    } catch (RuntimeException e) {
      failed(e);
      return CompletableFuture.completedStage(new Claim(Claim.State.UNAVAILABLE, new byte[0]));
    }
  }

  @Override
  public void keep(String session, String ref, byte[] outcome) {
    try {
      backbone.keep(session, ref, outcome);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public boolean flush(Duration atMost) throws InterruptedException {
    try {
      return backbone.flush(atMost);
    } catch (RuntimeException e) {
      failed(e);
      return false;
    }
  }

  @Override
  public void close() {
    backbone.close(); // the node tells of a failure
  }

  private void failed(RuntimeException e) {
    if (failing.begins()) {
      HubLogger.HUB.log(Level.WARNING, "The backbone of a hub failed", e);
    }
  }
}
