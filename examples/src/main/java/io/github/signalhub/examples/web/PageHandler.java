package io.github.signalhub.examples.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Serves the built page from the folder {@code page} of the class path. Thread-safe.
 *
 * <p>A path is looked up only if it consists of plain names, so it can neither climb out of the
 * folder nor name something hidden in it.
 */
public final class PageHandler implements HttpHandler {
  private static final Pattern PLAIN_PATH = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8}");

  private static final Map<String, String> CONTENT_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2",
          "json", "application/json",
          "txt", "text/plain; charset=utf-8");

  /** All that the page is made of comes from here; {@code connect-src 'self'} covers ws: too. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final ClassLoader loader;

  /**
   * Creates the handler.
   *
   * @param loader where the page is looked for
   * @throws IllegalStateException if it is not there
   */
  public PageHandler(ClassLoader loader) {
    this.loader = requireNonNull(loader, "loader");
    if (loader.getResource("page/index.html") == null) {
      throw new IllegalStateException(
          "the page has not been built: run `npm ci && npm run build` in the project's root,"
              + " then `mvn -pl examples -am package`");
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      Optional<byte[]> file = find(fileOf(exchange));
      if (file.isEmpty()) {
        send(exchange, 404, "Not found\n".getBytes(UTF_8), "txt");
        return;
      }
      String name = fileOf(exchange);
      boolean hashed = name.startsWith("/assets/"); // the build names these by their contents
      exchange
          .getResponseHeaders()
          .set("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
      send(exchange, 200, file.get(), name.substring(name.lastIndexOf('.') + 1));
    }
  }

  private static String fileOf(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return path.equals("/") ? "/index.html" : path;
  }

  private Optional<byte[]> find(String path) throws IOException {
    String extension = path.substring(path.lastIndexOf('.') + 1);
    if (!PLAIN_PATH.matcher(path).matches() || !CONTENT_TYPES.containsKey(extension)) {
      return Optional.empty();
    }
    try (InputStream in = loader.getResourceAsStream("page" + path)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body, String extension)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", CONTENT_TYPES.get(extension));
    headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
