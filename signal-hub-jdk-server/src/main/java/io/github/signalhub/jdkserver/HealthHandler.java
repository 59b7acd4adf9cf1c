package io.github.signalhub.jdkserver;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Hub;
import io.github.signalhub.internal.settings.Setting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Answers the health checks of load balancers and of Kubernetes. There are two kinds:
 *
 * <pre>{@code
 * server.context("/live", HealthHandler.live());
 * server.context("/ready", HealthHandler.ready(hub, server));
 * }</pre>
 *
 * <p>A server that is not ready is to get no new clients. A server that is not live is to be
 * killed. So a server that drains is live, and not ready.
 *
 * <p>The answer to GET and HEAD is JSON with a {@code status} of {@code live}, {@code ready} or
 * {@code unavailable}. With {@code unavailable} it has 503, and {@code reasons}: {@code draining},
 * {@code overloaded}, {@code backbone}. Other methods get 405. Immutable; thread-safe.
 */
public final class HealthHandler implements HttpHandler {
  private static final String JSON = "application/json";
  private static final Duration OVERLOADED_AFTER = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(1);

  private final String healthy;
  private final Supplier<List<String>> reasons;

  private HealthHandler(String healthy, Supplier<List<String>> reasons) {
    this.healthy = healthy;
    this.reasons = reasons;
  }

  /**
   * Returns a handler that always answers with 200. So it says that an event loop and a thread of a
   * handler are there. Without a thread for it, the server refuses the check as any request.
   */
  public static HealthHandler live() {
    return new HealthHandler("live", List::of);
  }

  /**
   * Returns a handler that answers with 503 while the server or its hub drains. It also does while
   * one of them has been overloaded for more than 10 seconds. And it does while the other nodes of
   * the hub cannot be reached.
   *
   * @see Hub#isDraining()
   * @see Hub#overloadedFor()
   * @see Hub#isAvailable()
   * @see SignalServer#isDraining()
   * @see SignalServer#overloadedFor()
   */
  public static HealthHandler ready(Hub hub, SignalServer server) {
    return ready(hub, server, OVERLOADED_AFTER);
  }

  /**
   * Returns a handler as the other method does.
   *
   * @param overloadedAfter for how long the server or the hub may be overloaded and still be ready,
   *     1 ms to a day
   * @throws IllegalArgumentException if it is out of this range
   */
  public static HealthHandler ready(Hub hub, SignalServer server, Duration overloadedAfter) {
    requireNonNull(hub, "hub");
    requireNonNull(server, "server");
    Setting.within("overloadedAfter", Duration.ofMillis(1), LONGEST, overloadedAfter);
    return new HealthHandler("ready", () -> reasons(hub, server, overloadedAfter));
  }

  private static List<String> reasons(Hub hub, SignalServer server, Duration overloadedAfter) {
    List<String> reasons = new ArrayList<>();
    if (hub.isDraining() || server.isDraining()) {
      reasons.add("draining");
    }
    if (hub.overloadedFor().compareTo(overloadedAfter) > 0
        || server.overloadedFor().compareTo(overloadedAfter) > 0) {
      reasons.add("overloaded");
    }
    if (!hub.isAvailable()) {
      reasons.add("backbone");
    }
    return reasons;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (PlainAnswer.refusesMethod(exchange)) {
      return;
    }
    List<String> found = reasons.get();
    PlainAnswer answer =
        found.isEmpty()
            ? new PlainAnswer(200, JSON, "{\"status\":\"" + healthy + "\"}")
            : new PlainAnswer(
                503,
                JSON,
                found.stream()
                    .collect(
                        joining("\",\"", "{\"status\":\"unavailable\",\"reasons\":[\"", "\"]}")));
    answer.send(exchange);
  }
}
