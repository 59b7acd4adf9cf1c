package io.github.signalhub.guides;

import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.HealthHandler;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

/** The server of docs/deploying.md. */
public final class DeployingGuide {
  private DeployingGuide() {}

  public static void main(String[] args) throws IOException {
    Hub hub = Hub.create();
    SignalServer server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getByName(env("BIND_ADDRESS", "127.0.0.1")))
            .port(Integer.parseInt(env("PORT", "8080")))
            .allowedHosts("hub.example.com")
            .trustedProxies(env("TRUSTED_PROXIES", "127.0.0.1").split(","))
            .proxyHeader("X-Forwarded-For")
            .context("/live", HealthHandler.live())
            .start();
    server.context("/health", HealthHandler.ready(hub, server));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> hub.close(Duration.ofSeconds(20))));
  }

  private static String env(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
