package io.github.signalhub.guides;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.net.InetAddress;

/** A room whose temperature every open page shows and sets. */
public final class Thermostat {
  /** Travels as {@code {"type":"ROOM","payload":{"celsius":15.6,"target":21.0}}}. */
  record Room(double celsius, double target) {}

  private static volatile double target = 21;

  public static void main(String[] args) throws Exception {
    int port = args.length == 0 ? 8080 : Integer.parseInt(args[0]);
    Hub hub = Hub.create();
    hub.onMessage(
        (client, message) -> {
          if (message.type().equals("SET_TARGET")
              && message.payload() instanceof Number wish
              && wish.doubleValue() >= 5
              && wish.doubleValue() <= 30) {
            target = wish.doubleValue();
          }
        });
    SignalServer server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(port)
            .context("/", Thermostat::sendPage)
            .start();
    System.out.println("http://localhost:" + server.port() + "/");

    double celsius = 15;
    while (true) {
      celsius += (target - celsius) / 10;
      hub.broadcast("ROOM", new Room(celsius, target));
      Thread.sleep(1_000);
    }
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
      <!doctype html><html lang="en"><meta charset="utf-8"><title>Thermostat</title>
      <output>connecting</output> <button>Set 25 °C</button>
      <script>
        const socket = new WebSocket(`ws://${location.host}/ws`)
        socket.onmessage = ({ data }) => {
          const { type, payload } = JSON.parse(data)
          if (type === 'ROOM') document.querySelector('output').value = payload.celsius.toFixed(1) + ' °C'
        }
        document.querySelector('button').onclick = () =>
          socket.send(JSON.stringify({ type: 'SET_TARGET', payload: 25 }))
      </script>
      """;
}
