package io.github.signalhub.jdkserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.metrics.Metric;
import io.github.signalhub.metrics.PrometheusText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Answers GET and HEAD with metrics, in the text format of Prometheus 0.0.4. Other methods get 405.
 *
 * <pre>{@code
 * server.context(
 *     "/metrics",
 *     new MetricsHandler(hub::metrics, server::metrics),
 *     context -> context.setAuthenticator(operators));
 * }</pre>
 *
 * <p>Metrics tell how much an application is used. So guard this path by an authenticator, or serve
 * it on a port that is not public. Each answer reads the values anew. Thread-safe.
 */
public final class MetricsHandler implements HttpHandler {
  private final List<Supplier<? extends Collection<Metric>>> sources;

  /**
   * Creates a handler.
   *
   * @param sources return the metrics, such as {@code hub::metrics}; asked for each answer, on the
   *     thread of the handler, and written in this order. No metric may come from two of them
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is copied
  public MetricsHandler(Supplier<? extends Collection<Metric>>... sources) {
    this.sources = List.of(sources);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (PlainAnswer.refusesMethod(exchange)) {
      return;
    }
    List<Metric> metrics = new ArrayList<>();
    sources.forEach(source -> metrics.addAll(source.get()));
    new PlainAnswer(200, PrometheusText.CONTENT_TYPE, PrometheusText.of(metrics)).send(exchange);
  }
}
