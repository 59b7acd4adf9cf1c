package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.CallbackTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application is replaced in a running process. No reference may keep its classes. */
@Timeout(120)
class ClassLoaderTest {
  /** A record of the process, which outlives every application. */
  public record Shared(int x, List<Shared> rest) {}

  /** A record of an application. */
  public record Own(int x) {}

  @Test
  void ofThisLibraryIsNotKeptByRecordsOfItsParent() throws Exception {
    SeparateLoader.assertThatIsCollected(
        loaderThatWrote(new Shared(1, List.of(new Shared(2, List.of())))));
  }

  @Test
  void ofRecordsIsNotKeptByThisLibrary() throws Exception {
    SeparateLoader.assertThatIsCollected(loaderWhoseRecordWasWritten());
  }

  @Test
  void ofAClosedHubIsNotKept() throws Exception {
    ThreadPoolExecutor executor = (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
    executor.prestartAllCoreThreads(); // threads of the process, like the record
    try {
      SeparateLoader.assertThatIsCollected(loaderThatRanAHub(executor, new Shared(1, List.of())));
    } finally {
      executor.shutdown();
    }
  }

  /** The application, which is loaded again for each run. */
  public static final class Application implements BiFunction<Executor, Object, String> {
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<CallbackLink> link = new CompletableFuture<>();

    @Override
    public String apply(Executor executor, Object payload) {
      CallbackTransport transport = CallbackTransport.builder("test", executor).loops(2).build();
      Hub hub =
          Hub.builder()
              .syncInterval(Duration.ofMillis(16))
              .topic("table", TopicOptions.DEFAULT.compactBy(Message::type))
              .build();
      try (hub) {
        hub.onMessage((client, message) -> client.join("table"));
        hub.attach(transport);
        Handshake handshake =
            Handshake.builder()
                .user("ann")
                .session("00112233445566778899aabbccddeeff")
                .controlMessages(true)
                .topic("t")
                .build();
        link.complete(transport.open(handshake, new Sender()));
        String hello = await("$hello");
        await("$sync");
        hub.topic("t").publish("SHARED", payload);
        await("SHARED");
        hub.topic("table").publish("ROW", 1);
        hub.topic("table").publish("ROW", 2);
        link.join().text("{\"type\":\"JOIN\",\"ref\":\"r\"}");
        await("$ack");
        hub.user("ann").send("USER", "x".repeat(100_000));
        await("USER");
        hub.sendToClient(hub.clients().iterator().next().id(), "CLIENT", Optional.of(1));
        await("CLIENT");
        hub.user("ann").leave("t");
        hub.user("ann").leave("t"); // loads the first one
        await("$left");
        return hello;
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private String await(String type) throws InterruptedException {
      String text = texts.take();
      while (!text.contains(type)) {
        text = texts.take();
      }
      return text;
    }

    private final class Sender implements CallbackSender {
      @Override
      public void send(String text, Runnable done) {
        texts.add(text);
        done.run();
      }

      @Override
      public void close(DisconnectReason reason) {
        link.join().closed(reason);
      }

      @Override
      public void cut() {}
    }
  }

  private static ClassLoader loader(String... prefixes) {
    return new SeparateLoader(
        name -> !name.equals(Shared.class.getName()) && begins(name, prefixes));
  }

  private static boolean begins(String name, String... prefixes) {
    return Stream.of(prefixes).anyMatch(name::startsWith);
  }

  private static WeakReference<ClassLoader> loaderThatRanAHub(Executor executor, Object payload)
      throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader child = loader("io.github.signalhub.");
    thread.setContextClassLoader(child);
    try {
      Object application =
          child.loadClass(Application.class.getName()).getConstructor().newInstance();
      @SuppressWarnings("unchecked")
      BiFunction<Executor, Object, String> run = (BiFunction<Executor, Object, String>) application;
      assertThat(run.apply(executor, payload)).contains("$hello");
    } finally {
      thread.setContextClassLoader(before);
    }
    return new WeakReference<>(child);
  }

  private static WeakReference<ClassLoader> loaderThatWrote(Object value) throws Exception {
    ClassLoader child = loader("io.github.signalhub.json.Json", "io.github.signalhub.json.R");
    Class<?> json = child.loadClass(Json.class.getName());
    assertThat(json).isNotSameAs(Json.class);
    assertThat(json.getMethod("write", Object.class).invoke(null, value))
        .isEqualTo("{\"x\":1,\"rest\":[{\"x\":2,\"rest\":[]}]}");
    return new WeakReference<>(child);
  }

  private static WeakReference<ClassLoader> loaderWhoseRecordWasWritten() throws Exception {
    ClassLoader child = loader(Own.class.getName());
    Class<?> copy = child.loadClass(Own.class.getName());
    assertThat(copy).isNotSameAs(Own.class);
    Object value = copy.getConstructor(int.class).newInstance(3);
    assertThat(Json.write(Map.of("copy", value))).isEqualTo("{\"copy\":{\"x\":3}}");
    return new WeakReference<>(child);
  }
}
