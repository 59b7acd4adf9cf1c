package io.github.signalhub.redis;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.redis.internal.engine.EngineOptions;
import io.github.signalhub.redis.internal.engine.HubNode;
import io.github.signalhub.spi.Backbone;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A backbone over Redis or Valkey. All nodes with the same server and the same name of the hub are
 * one hub.
 *
 * <p>It has two threads, which are daemons: one hands publications over, one reads what all nodes
 * published. Each has a connection. They connect again by themselves. A WARNING tells when a server
 * is lost, and an INFO when it is found again.
 *
 * <p>Thread-safe.
 */
public final class RedisBackbone implements Backbone {
  private static final HubLogger LOGGER = HubLogger.of(RedisBackbone.class);

  private final HubNode node;

  RedisBackbone(EngineOptions options) {
    node = new HubNode(options, LOGGER);
  }

  /**
   * Returns a backbone with the default options.
   *
   * @param url as for {@link RedisBackboneBuilder#url}
   * @param hub as for {@link RedisBackboneBuilder#hub}
   */
  public static RedisBackbone of(String url, String hub) {
    return builder().url(url).hub(hub).build();
  }

  /** Returns a builder with the default options. */
  public static RedisBackboneBuilder builder() {
    return new RedisBackboneBuilder();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Tries for {@link RedisBackboneBuilder#startTimeout} to reach a master. It does not try again
   * if the server refuses the password, a right, the version, or the format of the hub.
   */
  @Override
  public void start(Sink sink) throws IOException {
    node.start(requireNonNull(sink, "sink"));
  }

  @Override
  public boolean publish(Publication publication) {
    return node.publish(requireNonNull(publication, "publication"));
  }

  @Override
  public CompletionStage<Void> reached() {
    return node.reached();
  }

  @Override
  public long staleNanos() {
    return node.staleNanos();
  }

  /**
   * {@inheritDoc}
   *
   * <p>A claim is kept for five minutes. A node is gone ten seconds after its last word. A claim is
   * {@link Claim.State#UNAVAILABLE} if Redis has not answered within {@link
   * RedisBackboneBuilder#pendingDeadline}, or if {@link RedisBackboneBuilder#maxPending} claims
   * wait.
   */
  @Override
  public CompletionStage<Claim> claim(String session, String ref) {
    return node.claim(requireNonNull(session, "session"), requireNonNull(ref, "ref"));
  }

  @Override
  public void keep(String session, String ref, byte[] outcome) {
    node.keep(
        requireNonNull(session, "session"),
        requireNonNull(ref, "ref"),
        requireNonNull(outcome, "outcome"));
  }

  @Override
  public boolean flush(Duration atMost) throws InterruptedException {
    return node.flush(requireNonNull(atMost, "atMost"));
  }

  @Override
  public void close() {
    node.close();
  }
}
