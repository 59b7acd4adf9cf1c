package io.github.signalhub.examples.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;

/**
 * Refuses requests that another site's page makes in a visitor's browser (403): their {@code
 * Origin} names another host than {@code Host}. Programs send no {@code Origin} and pass.
 * Thread-safe.
 */
public final class SameOriginFilter extends Filter {
  private static final byte[] REFUSAL =
      """
      {"error":{"code":"foreign_origin","message":"Requests from other sites are refused."}}"""
          .getBytes(UTF_8);

  @Override
  public String description() {
    return "refuses requests from pages of other sites";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (origin == null || sameHost(origin, host)) {
      chain.doFilter(exchange);
      return;
    }
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(403, REFUSAL.length);
      exchange.getResponseBody().write(REFUSAL);
    }
  }

  private static boolean sameHost(String origin, String host) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null
          && host != null
          && authority.toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
