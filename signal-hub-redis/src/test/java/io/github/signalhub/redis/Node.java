package io.github.signalhub.redis;

import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A backbone with a sink that records. Thread-safe. */
final class Node implements AutoCloseable {
  final RecordingSink sink;
  final RedisBackbone backbone;

  private Node(RecordingSink sink, RedisBackbone backbone) {
    this.sink = sink;
    this.backbone = backbone;
  }

  static Node start(RedisBackboneBuilder options) throws IOException {
    return start(options, new RecordingSink());
  }

  static Node start(RedisBackboneBuilder options, RecordingSink sink) throws IOException {
    Node node = new Node(sink, options.build());
    node.backbone.start(sink);
    return node;
  }

  static RedisBackboneBuilder options(RedisProcess redis) {
    return RedisBackbone.builder().url(redis.url()).hub("orders");
  }

  CompletableFuture<Settled> publish(String text) {
    return publish(Kind.MESSAGE, "topic", "", 0, text);
  }

  CompletableFuture<Settled> row(String topic, String key, String text) {
    return publish(Kind.ROW, topic, key, 0, text);
  }

  CompletableFuture<Settled> publish(
      Kind kind, String topic, String key, long removesUpTo, String text) {
    CompletableFuture<Settled> settled = new CompletableFuture<>();
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Publication publication =
        new Publication(kind, topic, key, removesUpTo, body, settled::complete);
    return backbone.publish(publication) ? settled : null;
  }

  /** Waits until the sink has what the server has. */
  void reach() throws Exception {
    backbone.reached().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  void flush() throws InterruptedException {
    if (!backbone.flush(Duration.ofSeconds(30))) {
      throw new AssertionError("not settled after thirty seconds");
    }
  }

  @Override
  public void close() {
    backbone.close();
  }
}
