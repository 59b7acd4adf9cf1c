package io.github.signalhub.redis;

import io.github.signalhub.Awaiting;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.SeparateLoader;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application with a node is replaced in a running process. It brings its own Jedis. */
@Timeout(180)
class ClassLoaderIT {
  private static final List<String> OF_THE_APPLICATION =
      List.of("io.github.signalhub.", "redis.clients.", "org.apache.commons.pool2.");

  private RedisProcess redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisProcess.start();
  }

  @AfterEach
  void endRedis() throws Exception {
    redis.close();
  }

  @Test
  void ofANodeThatClosedIsNotKept() throws Exception {
    SeparateLoader.assertThatIsCollected(loaderOfANode(Runnable::run));
  }

  @Test
  void ofANodeThatConnectedAgainIsNotKept() throws Exception {
    SeparateLoader.assertThatIsCollected(
        loaderOfANode(
            publication -> {
              redis.call("CLIENT", "KILL", "TYPE", "normal");
              publication.run();
            }));
  }

  @Test
  void ofANodeThatLostItsRedisIsNotKept() throws Exception {
    SeparateLoader.assertThatIsCollected(loaderOfANode(publication -> redis.kill()));
  }

  /** Returns the loader of an application that has closed. Before that, the action may publish. */
  private WeakReference<ClassLoader> loaderOfANode(Consumer<Runnable> action) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader child =
        new SeparateLoader(name -> OF_THE_APPLICATION.stream().anyMatch(name::startsWith));
    thread.setContextClassLoader(child);
    try {
      Object application =
          child.loadClass(Application.class.getName()).getConstructor().newInstance();
      @SuppressWarnings("unchecked")
      Consumer<String> start = (Consumer<String>) application;
      start.accept(redis.url());
      action.accept((Runnable) application);
      ((AutoCloseable) application).close();
    } finally {
      thread.setContextClassLoader(before);
    }
    return new WeakReference<>(child);
  }

  /** The application, loaded again for each run. It starts with the URL of Redis, and publishes. */
  public static final class Application implements Consumer<String>, Runnable, AutoCloseable {
    private final MemoryTransport transport = new MemoryTransport();
    private Hub hub;
    private MemoryLink link;

    @Override
    public void accept(String url) {
      hub =
          Hub.builder()
              .backbone(RedisBackbone.builder().url(url).hub("orders").build())
              .topic("table", TopicOptions.DEFAULT.compactBy(Message::type))
              .build();
      hub.onMessage((client, message) -> client.join("table"));
      try {
        hub.attach(transport);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      link =
          transport.connect(
              Handshake.builder()
                  .session("00112233445566778899aabbccddeeff")
                  .controlMessages(true)
                  .topic("t")
                  .build());
      hub.topic("t").publish("MESSAGE", 1);
      awaitText("MESSAGE");
      hub.topic("table").publish("ROW", 1);
      link.send("{\"type\":\"JOIN\",\"payload\":1,\"ref\":\"r\"}"); // is claimed in Redis
      awaitText("$ack");
      awaitText("ROW");
    }

    private void awaitText(String part) {
      BooleanSupplier isThere = () -> link.received().stream().anyMatch(t -> t.contains(part));
      try {
        Awaiting.await(transport::run, isThere);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (!isThere.getAsBoolean()) {
        throw new IllegalStateException("expected " + part + ", was " + link.received());
      }
    }

    @Override
    public void run() {
      hub.topic("t").publish("LATER", 1);
      awaitText("LATER");
    }

    @Override
    public void close() {
      hub.close(Duration.ZERO);
    }
  }
}
