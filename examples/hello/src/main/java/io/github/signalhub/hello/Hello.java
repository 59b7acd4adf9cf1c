package io.github.signalhub.hello;

import static java.net.InetAddress.getLoopbackAddress;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A counter that every open page shows and changes. The first argument is the port. */
public final class Hello {
  /** Travels as {@code {"type":"COUNT","payload":{"value":3}}}. */
  record Count(int value) {}

  public static void main(String[] args) throws IOException {
    Hub hub = Hub.create();
    AtomicInteger count = new AtomicInteger();
    hub.onMessage(
        (client, message) -> {
          synchronized (count) { // so that no page gets 2 after 3
            boolean adds = message.type().equals("ADD");
            hub.broadcast("COUNT", new Count(count.addAndGet(adds ? 1 : 0)));
          }
        });

    int port = args.length == 0 ? 8080 : Integer.parseInt(args[0]);
    var server = SignalServer.builder(hub).bindAddress(getLoopbackAddress()).port(port);
    server.context(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(PAGE.getBytes(UTF_8));
          exchange.close();
        });
    System.out.println("http://localhost:" + server.start().port() + "/");
  }

  private static final String PAGE =
      """
      <!doctype html><html lang="en"><meta charset="utf-8"><title>Hello, signal-hub</title>
      <button>Count</button> <output>connecting</output>
      <script>
        const socket = new WebSocket(`ws://${location.host}/ws`)
        const send = (type) => socket.send(JSON.stringify({ type, payload: null }))
        socket.onopen = () => send('LOOK')
        socket.onmessage = ({ data }) => {
          const { type, payload } = JSON.parse(data)
          if (type === 'COUNT') document.querySelector('output').value = payload.value
        }
        document.querySelector('button').onclick = () => send('ADD')
      </script>
      """;
}
