package io.github.signalhub.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.net.InetAddress;

/** A counter that every open page shows and changes. */
public final class Hello {
  /** Travels as {@code {"type":"COUNT","payload":{"value":3}}}. */
  record Count(int value) {}

  private final Hub hub = Hub.create();
  private int count;

  /** Prints the page's address. The first argument is the port, 8080 by default. */
  public static void main(String[] args) throws IOException {
    Hello hello = new Hello();
    hello.hub.onMessage((client, message) -> hello.answer(message.type()));
    int port = args.length == 0 ? 8080 : Integer.parseInt(args[0]);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    var builder = SignalServer.builder(hello.hub).bindAddress(loopback).port(port);
    SignalServer server = builder.context("/", Hello::sendPage).start();
    System.out.println("http://localhost:" + server.port() + "/");
  }

  /** Synchronized, so that no page is told 2 after 3. */
  private synchronized void answer(String type) {
    count += type.equals("ADD") ? 1 : 0;
    hub.broadcast("COUNT", new Count(count));
  }

  private static void sendPage(HttpExchange exchange) throws IOException {
    byte[] page = PAGE.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html");
    exchange.sendResponseHeaders(200, page.length);
    exchange.getResponseBody().write(page);
    exchange.close();
  }

  private static final String PAGE =
      """
      <!doctype html><html lang="en"><meta charset="utf-8"><title>Hello, signal-hub</title>
      <button>Count</button> <output>connecting</output>
      <script>
        const socket = new WebSocket(`ws://${location.host}/ws`)
        socket.onopen = () => socket.send('{"type":"LOOK"}')
        socket.onclose = () => setTimeout(() => location.reload(), 1000)
        socket.onmessage = ({ data }) => {
          const { type, payload } = JSON.parse(data)
          if (type === 'COUNT') document.querySelector('output').value = payload.value
        }
        document.querySelector('button').onclick = () => socket.send('{"type":"ADD"}')
      </script>
      """;
}
