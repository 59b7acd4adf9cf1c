package io.github.signalhub.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A counter that every open page shows and changes. */
public final class Hello {
  /** Travels as {@code {"type":"COUNT","payload":{"value":3}}}. */
  record Count(int value) {}

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

  public static void main(String[] args) throws Exception {
    Hub hub = Hub.create();
    AtomicInteger count = new AtomicInteger();
    hub.onMessage(
        (client, message) -> {
          synchronized (count) { // so that no page is told 2 after 3
            int value = message.type().equals("ADD") ? count.incrementAndGet() : count.get();
            hub.broadcast("COUNT", new Count(value));
          }
        });
    SignalServer server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(args.length == 0 ? 8080 : Integer.parseInt(args[0]))
            .context(
                "/",
                exchange -> {
                  byte[] page = PAGE.getBytes(UTF_8);
                  exchange.getResponseHeaders().set("Content-Type", "text/html");
                  exchange.sendResponseHeaders(200, page.length);
                  exchange.getResponseBody().write(page);
                  exchange.close();
                })
            .start();
    System.out.println("http://localhost:" + server.port() + "/");
  }
}
