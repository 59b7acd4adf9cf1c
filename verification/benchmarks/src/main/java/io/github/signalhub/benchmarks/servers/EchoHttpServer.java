package io.github.signalhub.benchmarks.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One handler of {@code com.sun.net.httpserver} on several servers: the first argument is {@code
 * hub}, or the threads of an {@code HttpServer}: {@code cached} or {@code virtual}. The JDK's
 * server is replaced by the property {@code com.sun.net.httpserver.HttpServerProvider}.
 */
public final class EchoHttpServer {
  private EchoHttpServer() {}

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    if (args[0].equals("hub")) {
      SignalServer server =
          SignalServer.builder(Hub.create())
              .bindAddress(loopback)
              .port(0)
              .context("/echo", EchoHttpServer::echo)
              .start();
      System.out.println("port " + server.port());
      return;
    }
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.createContext("/echo", EchoHttpServer::echo);
    server.setExecutor(
        args[0].equals("virtual") ? virtualThreads() : Executors.newCachedThreadPool());
    server.start();
    System.out.println("port " + server.getAddress().getPort());
  }

  private static void echo(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /** Found by its name, because this code is compiled for Java 17. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
