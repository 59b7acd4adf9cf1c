package io.github.signalhub.examples.web;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Serves the built page from the folder {@code page} of the class path. Thread-safe.
 *
 * <p>The handler accepts only paths of plain names. So a path can neither leave the folder nor name
 * a hidden file.
 */
public final class Page implements HttpHandler {
  private static final Pattern PLAIN_PATH = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8}");

  private static final Map<String, String> CONTENT_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /** All parts of the page come from here; {@code connect-src 'self'} covers WebSockets too. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final ClassLoader loader;

  /**
   * Creates the handler.
   *
   * @param loader the class loader that has the page
   * @throws IllegalStateException if the page is missing
   */
  public Page(ClassLoader loader) {
    this.loader = requireNonNull(loader, "loader");
    if (loader.getResource("page/index.html") == null) {
      throw new IllegalStateException(
          "the page has not been built: start the example with `node examples/start.mjs`");
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("X-Content-Type-Options", "nosniff");
      boolean isHead = exchange.getRequestMethod().equals("HEAD");
      if (!isHead && !exchange.getRequestMethod().equals("GET")) {
        headers.set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      String path = exchange.getRequestURI().getPath();
      String file = path.equals("/") ? "/index.html" : path;
      String type = CONTENT_TYPES.get(file.substring(file.lastIndexOf('.') + 1));
      boolean isPlain = type != null && PLAIN_PATH.matcher(file).matches();
      try (InputStream in = isPlain ? loader.getResourceAsStream("page" + file) : null) {
        if (in == null) {
          exchange.sendResponseHeaders(404, -1);
          return;
        }
        byte[] body = in.readAllBytes();
        boolean isHashed = file.startsWith("/assets/"); // named by their contents
        headers.set("Content-Type", type);
        headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
        exchange.sendResponseHeaders(200, isHead ? -1 : body.length);
        if (!isHead) {
          exchange.getResponseBody().write(body);
        }
      }
    }
  }
}
