package io.github.signalhub.jdkserver.contract;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Either server, with handlers that record their observations. */
final class ContractServer implements AutoCloseable {
  private final Threads threads;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final HttpServer contexts;
  private final int port;
  private final Runnable stop;

  /** An action that may fail. */
  interface Action {
    void run() throws Exception;
  }

  /** Threads that report when all of them are idle. */
  private static final class Threads {
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final Phaser busy = new Phaser(1);

    void execute(Runnable task) {
      busy.register();
      pool.execute(
          () -> {
            try {
              task.run();
            } finally {
              busy.arriveAndDeregister();
            }
          });
    }

    void awaitIdle() throws InterruptedException, TimeoutException {
      busy.awaitAdvanceInterruptibly(busy.arrive(), 30, TimeUnit.SECONDS);
    }
  }

  private ContractServer(Threads threads, HttpServer contexts, int port, Runnable stop) {
    this.threads = threads;
    this.contexts = contexts;
    this.port = port;
    this.stop = stop;
  }

  static ContractServer ofTheJdk() throws IOException {
    Threads threads = new Threads();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads::execute);
    server.start();
    return new ContractServer(threads, server, server.getAddress().getPort(), () -> server.stop(0));
  }

  static ContractServer ours() throws IOException {
    Threads threads = new Threads();
    Hub hub = Hub.create();
    SignalServer server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(0)
            .allowAnyHost()
            .handlerExecutor(threads::execute)
            .start();
    HttpServer contexts = server.context("/to-get-at-the-server", exchange -> {}).getServer();
    server.removeContext("/to-get-at-the-server");
    Runnable stop =
        () -> {
          server.stop(Duration.ZERO);
          hub.close(Duration.ZERO);
        };
    return new ContractServer(threads, contexts, server.port(), stop);
  }

  int port() {
    return port;
  }

  HttpServer contexts() {
    return contexts;
  }

  /** Adds a handler. Its exceptions are recorded and thrown. */
  HttpContext on(String path, HttpHandler handler) {
    return contexts.createContext(path, exchange -> handle(handler, exchange));
  }

  private void handle(HttpHandler handler, HttpExchange exchange) throws IOException {
    try {
      handler.handle(exchange);
    } catch (Throwable t) {
      note("the handler throws " + kind(t));
      throw t;
    }
  }

  /** Runs an action on another thread. */
  void later(Action action) {
    threads.execute(() -> tried(action));
  }

  void note(Object what) {
    seen.add(String.valueOf(what));
  }

  /** Records whether an action throws, with the kind of exception. */
  void tried(Action action) {
    try {
      action.run();
      note("done");
    } catch (Exception e) {
      note(kind(e));
    }
  }

  /** Each server chooses its own subclasses of IOException. */
  private static String kind(Throwable t) {
    return t instanceof IOException ? "IOException" : t.getClass().getSimpleName();
  }

  /** Waits until no handler and no thread of a handler runs. */
  void awaitIdle() throws InterruptedException, TimeoutException {
    threads.awaitIdle();
  }

  /** Returns the records of handlers, once none runs. */
  List<String> seen() throws InterruptedException, TimeoutException {
    awaitIdle();
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    stop.run();
    threads.pool.shutdownNow();
  }
}
