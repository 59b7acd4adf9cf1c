package io.github.signalhub.jdkserver.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The actions of handlers and the requests of clients. Each case runs on both servers. */
final class ContractCases {
  private static final String GET = get("/");
  private static final String POST = post("hello");

  private final List<ContractCase> cases = new ArrayList<>();

  private ContractCases() {}

  static List<ContractCase> all() {
    ContractCases all = new ContractCases();
    all.paths();
    all.requests();
    all.bodies();
    all.responses();
    all.connections();
    all.endings();
    all.threads();
    all.filters();
    all.authentication();
    all.contexts();
    all.faults();
    return all.cases;
  }

  private void add(String name, ContractCase.SetUp setUp, String... requests) {
    cases.add(new ContractCase(name, setUp, List.of(requests)));
  }

  private static String get(String target, String... lines) {
    return request("GET " + target, lines);
  }

  private static String request(String methodAndTarget, String... lines) {
    String more = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
    return methodAndTarget + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n";
  }

  private static String post(String body, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Content-Length: " + body.length());
    return request("POST /", all.toArray(String[]::new)) + body;
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static HttpHandler replying(String text) {
    return exchange -> reply(exchange, 200, text);
  }

  private static final HttpHandler ECHO =
      exchange -> reply(exchange, 200, new String(exchange.getRequestBody().readAllBytes(), UTF_8));

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(UTF_8));
  }

  private void paths() {
    String[] targets = {
      "/",
      "/admin",
      "/admin/",
      "/admin/x",
      "/adminx",
      "/Admin",
      "/admin?x=/y",
      "/%61dmin",
      "/./admin",
      "/%2e/admin",
      "/a/../admin",
      "/admin/../a",
      "/admin//x",
      "/%2fadmin",
      "/a//admin",
      "/.//admin",
      "/admin;x",
      "/admin%2fx",
      "//admin",
      "///admin",
      "//",
      "//h/admin",
      "//admin/x",
      "http://h/admin",
      "http://h//admin",
      "http://h",
      "/admin%20x?a=%26&b",
      "/a+b",
    };
    for (String target : targets) {
      add(
          "path " + target,
          server -> {
            server.on("/", exchange -> reply(exchange, 200, "root " + exchange.getRequestURI()));
            server.on(
                "/admin", exchange -> reply(exchange, 200, "admin " + exchange.getRequestURI()));
          },
          get(target));
    }
    add("path without a context", server -> server.on("/x", replying("x")), get("/y"));
    add("OPTIONS *", server -> server.on("/", replying("root")), request("OPTIONS *"));
    add("OPTIONS * without a root", server -> server.on("/x", replying("x")), request("OPTIONS *"));
  }

  private void requests() {
    for (String method :
        List.of("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get")) {
      add(
          "method " + method,
          server -> server.on("/", exchange -> reply(exchange, 200, exchange.getRequestMethod())),
          request(method + " /"));
    }
    add(
        "what a request holds",
        server ->
            server.on(
                "/a",
                exchange -> {
                  server.note(exchange.getRequestURI());
                  server.note(exchange.getProtocol());
                  server.note(exchange.getRequestHeaders().get("X-a"));
                  server.note(exchange.getRequestHeaders().getFirst("x-A"));
                  server.note(exchange.getRequestHeaders().getFirst("none"));
                  server.note(exchange.getRemoteAddress().getAddress());
                  server.note(exchange.getLocalAddress().getPort() == server.port());
                  server.note(exchange.getHttpContext().getPath());
                  server.note(exchange.getHttpContext().getServer() == server.contexts());
                  server.note(exchange.getPrincipal());
                  server.note(exchange.getResponseCode());
                  reply(exchange, 202, "x");
                  server.note(exchange.getResponseCode());
                }),
        get("/a?b=%20", "X-a: 1", "x-A: 2 "));
    add(
        "changing request headers",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.tried(() -> exchange.getRequestHeaders().set("A", "b"));
                  reply(exchange, 200, "x");
                }),
        GET);
    add("two requests at once", server -> server.on("/", ECHO), POST + post("again"));
    add("two requests, one after the other", server -> server.on("/", ECHO), POST, post("again"));
    add("empty line before a request", server -> server.on("/", ECHO), POST, "\r\n" + POST);
  }

  private void bodies() {
    String chunked =
        request("POST /", "Transfer-Encoding: chunked") + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    add("body of known length", server -> server.on("/", ECHO), POST);
    add("body in chunks", server -> server.on("/", ECHO), chunked);
    add("body of 1 MB", server -> server.on("/", ECHO), post("x".repeat(1_000_000)));
    add("body that is not read", server -> server.on("/", replying("x")), POST);
    add("chunked body that is not read", server -> server.on("/", replying("x")), chunked);
    add(
        "body of 64 KiB that is not read",
        server -> server.on("/", replying("x")),
        post("x".repeat(65_536)));
    add(
        "body of 100 KB that is not read",
        server -> server.on("/", replying("x")),
        post("x".repeat(100_000)));
    add(
        "body that is read in part",
        server ->
            server.on("/", exchange -> reply(exchange, 200, "" + exchange.getRequestBody().read())),
        POST);
    add(
        "body that is closed before it is read",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.getRequestBody().close();
                  server.tried(() -> exchange.getRequestBody().read());
                  reply(exchange, 200, "x");
                }),
        POST);
    add(
        "body after its end",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.getRequestBody().readAllBytes();
                  server.note(exchange.getRequestBody().read());
                  server.note(exchange.getRequestBody().available());
                  reply(exchange, 200, "x");
                }),
        POST);
    add(
        "body that is read once the response has begun",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  exchange.getRequestBody().transferTo(exchange.getResponseBody());
                  exchange.close();
                }),
        POST);
    add(
        "body that is read once the response is over",
        server ->
            server.on(
                "/",
                exchange -> {
                  reply(exchange, 200, "x");
                  server.tried(() -> exchange.getRequestBody().read());
                }),
        POST);
    add(
        "request without a body",
        server ->
            server.on("/", exchange -> reply(exchange, 200, "" + exchange.getRequestBody().read())),
        GET);
    add("100-continue", server -> server.on("/", ECHO), post("hello", "Expect: 100-continue"));
    add(
        "100-continue that is refused",
        server -> server.on("/", exchange -> reply(exchange, 403, "no")),
        post("hello", "Expect: 100-continue"));
  }

  private void responses() {
    add("response of known length", server -> server.on("/", replying("hello")), GET);
    add(
        "response of unknown length",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  write(exchange, "hello");
                  exchange.getResponseBody().flush();
                  write(exchange, " world");
                  exchange.getResponseBody().close();
                }),
        GET);
    add(
        "response of unknown length that is empty",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  exchange.close();
                }),
        GET);
    for (int status : List.of(200, 201, 204, 304, 404, 407, 426, 299, 599)) {
      add(
          "status " + status + " without a body",
          server -> server.on("/", exchange -> exchange.sendResponseHeaders(status, -1)),
          GET);
    }
    add(
        "interim status",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.tried(() -> exchange.sendResponseHeaders(103, -1));
                  server.tried(() -> reply(exchange, 200, "x"));
                }),
        get("/", "Connection: close"));
    add(
        "status of four digits",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.tried(() -> exchange.sendResponseHeaders(2000, -1));
                  server.tried(() -> reply(exchange, 200, "x"));
                }),
        GET);
    add(
        "negative length",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.tried(() -> exchange.sendResponseHeaders(200, -2));
                  server.tried(() -> reply(exchange, 200, "x"));
                }),
        GET);
    add(
        "status 204 with a length",
        server -> server.on("/", exchange -> exchange.sendResponseHeaders(204, 5)),
        GET);
    add(
        "headers of a response",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.getResponseHeaders().add("x-b", "1");
                  exchange.getResponseHeaders().add("X-B", "2");
                  exchange.getResponseHeaders().set("content-type", "text/plain");
                  exchange.getResponseHeaders().set("X-Empty", "");
                  reply(exchange, 200, "x");
                  server.note(exchange.getResponseHeaders().getFirst("Content-length"));
                }),
        GET);
    add(
        "header that would break its line",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.tried(() -> exchange.getResponseHeaders().set("X", "a\r\nY: b"));
                  server.tried(() -> exchange.getResponseHeaders().set("X\r\n", "a"));
                  reply(exchange, 200, "x");
                }),
        GET);
    add(
        "Date and Content-Length of a handler",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.getResponseHeaders().set("Date", "today");
                  exchange.getResponseHeaders().set("Content-Length", "1");
                  reply(exchange, 200, "hello");
                }),
        GET);
    add(
        "HEAD",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.getResponseHeaders().set("Content-Length", "7");
                  exchange.sendResponseHeaders(200, -1);
                }),
        request("HEAD /"));
    add(
        "HEAD of a handler for GET",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 5);
                  server.tried(() -> write(exchange, "hello"));
                  exchange.close();
                }),
        request("HEAD /"));
    add(
        "more than the declared length",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 5);
                  write(exchange, "hello");
                  server.tried(() -> write(exchange, "!!"));
                  exchange.close();
                }),
        GET);
    add(
        "response headers that are sent twice",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 5);
                  server.tried(() -> exchange.sendResponseHeaders(404, 2));
                  write(exchange, "hello");
                  exchange.close();
                }),
        GET);
    add(
        "body before the headers",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.tried(() -> write(exchange, "x"));
                  server.tried(() -> exchange.getResponseBody().flush());
                  reply(exchange, 200, "y");
                }),
        GET);
    add(
        "body after the end",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  write(exchange, "x");
                  exchange.getResponseBody().close();
                  server.tried(() -> write(exchange, "y"));
                  server.tried(() -> exchange.getResponseBody().close());
                  server.tried(() -> exchange.sendResponseHeaders(200, 0));
                }),
        GET);
    add(
        "nothing, written to a response without a body",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, -1);
                  exchange.getResponseBody().write(new byte[0]);
                  exchange.getResponseBody().close();
                }),
        GET);
  }

  private void connections() {
    add("HTTP/1.0", server -> server.on("/", replying("x")), "GET / HTTP/1.0\r\n\r\n");
    add(
        "HTTP/1.0 that keeps the connection",
        server -> server.on("/", replying("x")),
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    add(
        "HTTP/1.0 and a response of unknown length",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  write(exchange, "x");
                  exchange.close();
                }),
        "GET / HTTP/1.0\r\n\r\n");
    add(
        "Connection: close of the client",
        server -> server.on("/", replying("x")),
        get("/", "Connection: close"));
    for (String option : List.of("close", "Upgrade", "keep-alive")) {
      add(
          "Connection: " + option + " of the handler",
          server ->
              server.on(
                  "/",
                  exchange -> {
                    exchange.getResponseHeaders().set("Connection", option);
                    exchange.getResponseHeaders().set("Upgrade", "h2c");
                    reply(exchange, 200, "x");
                  }),
          GET);
    }
  }

  private void endings() {
    add("close without an answer", server -> server.on("/", HttpExchange::close), GET);
    add(
        "close in the middle of a known length",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 10);
                  write(exchange, "x");
                  exchange.getResponseBody().flush();
                  exchange.close();
                }),
        GET);
    add(
        "close in the middle of chunks",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  write(exchange, "x");
                  exchange.close();
                  exchange.close();
                }),
        GET);
    add(
        "close of the response's body alone",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 1);
                  write(exchange, "x");
                  exchange.getResponseBody().close();
                }),
        POST);
    add(
        "exception before the response",
        server ->
            server.on(
                "/",
                exchange -> {
                  throw new IOException("on purpose");
                }),
        GET);
    add(
        "exception in the middle of chunks",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  write(exchange, "x");
                  exchange.getResponseBody().flush();
                  throw new IllegalStateException("on purpose");
                }),
        GET);
    add(
        "exception in the middle of a known length",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 10);
                  write(exchange, "x");
                  exchange.getResponseBody().flush();
                  throw new IllegalStateException("on purpose");
                }),
        GET);
  }

  private void threads() {
    add(
        "two answers of another thread",
        server ->
            server.on(
                "/",
                exchange ->
                    server.later(
                        () -> {
                          reply(exchange, 200, "first");
                          server.tried(() -> reply(exchange, 200, "second"));
                          exchange.close();
                        })),
        GET);
    add(
        "body of 1 MB that another thread reads",
        server ->
            server.on(
                "/",
                exchange ->
                    server.later(
                        () -> {
                          byte[] body = exchange.getRequestBody().readAllBytes();
                          reply(exchange, 200, "" + body.length);
                        })),
        post("x".repeat(1_000_000)));
    add(
        "answer of another thread",
        server -> server.on("/", exchange -> server.later(() -> reply(exchange, 200, "later"))),
        GET);
    add(
        "answer of another thread once the handler has returned",
        server -> {
          CountDownLatch returned = new CountDownLatch(1);
          server
              .on(
                  "/",
                  exchange ->
                      server.later(
                          () -> {
                            returned.await();
                            server.note(
                                new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                            reply(exchange, 200, "later");
                          }))
              .getFilters()
              .add(
                  filter(
                      (exchange, chain) -> {
                        chain.doFilter(exchange);
                        returned.countDown();
                      }));
        },
        POST,
        POST);
    add(
        "answer without a body of another thread",
        server ->
            server.on("/", exchange -> server.later(() -> exchange.sendResponseHeaders(204, -1))),
        POST);
    add(
        "stream of another thread",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
                  exchange.sendResponseHeaders(200, 0);
                  write(exchange, "data: 1\n\n");
                  exchange.getResponseBody().flush();
                  server.later(
                      () -> {
                        write(exchange, "data: 2\n\n");
                        exchange.getResponseBody().close();
                      });
                }),
        GET);
    add(
        "response of a handler that another thread closes",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 5);
                  write(exchange, "hello");
                  server.later(exchange::close);
                }),
        GET);
    add(
        "exception after the exchange was handed over",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, 10);
                  write(exchange, "x");
                  exchange.getResponseBody().flush();
                  throw new IllegalStateException("another thread would go on");
                }),
        GET);
  }

  /** The work of a filter. */
  private interface Filtering {
    void filter(HttpExchange exchange, Filter.Chain chain) throws IOException;
  }

  private static Filter filter(Filtering filtering) {
    return new Filter() {
      @Override
      public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        filtering.filter(exchange, chain);
      }

      @Override
      public String description() {
        return "of a case";
      }
    };
  }

  private static Filter noting(ContractServer server, String name) {
    return filter(
        (exchange, chain) -> {
          server.note(name + " " + exchange.getPrincipal());
          chain.doFilter(exchange);
          server.note(name + " " + exchange.getPrincipal() + " " + exchange.getResponseCode());
        });
  }

  private void filters() {
    add(
        "filters in their order",
        server -> {
          HttpContext context = server.on("/", replying("x"));
          context.getFilters().add(noting(server, "a"));
          context.getFilters().add(noting(server, "b"));
          context.getFilters().add(0, noting(server, "c"));
        },
        GET);
    add(
        "filter that answers",
        server ->
            server
                .on("/", replying("x"))
                .getFilters()
                .add(filter((exchange, chain) -> reply(exchange, 403, "no"))),
        GET);
    add(
        "filter that throws",
        server ->
            server
                .on("/", replying("x"))
                .getFilters()
                .add(
                    filter(
                        (exchange, chain) -> {
                          throw new IllegalStateException("on purpose");
                        })),
        GET);
    add(
        "filter that replaces the streams",
        server ->
            server
                .on("/", ECHO)
                .getFilters()
                .add(
                    filter(
                        (exchange, chain) -> {
                          OutputStream upper =
                              new FilterOutputStream(exchange.getResponseBody()) {
                                @Override
                                public void write(int b) throws IOException {
                                  out.write(Character.toUpperCase(b));
                                }
                              };
                          exchange.setStreams(
                              new ByteArrayInputStream("new".getBytes(UTF_8)), upper);
                          chain.doFilter(exchange);
                        })),
        POST);
  }

  private static ContractCase.SetUp protectedByPassword(boolean filtered) {
    return server -> {
      HttpContext context =
          server.on("/", exchange -> reply(exchange, 200, "" + exchange.getPrincipal()));
      if (filtered) {
        context.getFilters().add(noting(server, "filter"));
      }
      context.setAuthenticator(
          new BasicAuthenticator("r") {
            @Override
            public boolean checkCredentials(String user, String password) {
              return user.equals("ada") && password.equals("pw");
            }
          });
    };
  }

  private void authentication() {
    add("no credentials", protectedByPassword(false), GET);
    add("credentials", protectedByPassword(false), get("/", "Authorization: Basic YWRhOnB3"));
    add("wrong credentials", protectedByPassword(false), get("/", "Authorization: Basic YWRhOm5v"));
    add("another scheme", protectedByPassword(false), get("/", "Authorization: Bearer x"));
    add("malformed credentials", protectedByPassword(false), get("/", "Authorization: Basic %%%"));
    add(
        "filter of credentials",
        protectedByPassword(true),
        get("/", "Authorization: Basic YWRhOnB3"));
    add("filter of no credentials", protectedByPassword(true), GET);
    add("no credentials for a body", protectedByPassword(false), POST);
    add(
        "no credentials for a body of 100 KB",
        protectedByPassword(false),
        post("x".repeat(100_000)));
  }

  private void contexts() {
    add("context without a handler", server -> server.contexts().createContext("/"), GET);
    add(
        "handler that is set later",
        server -> server.contexts().createContext("/").setHandler(replying("x")),
        GET);
    add(
        "context that a handler adds and removes",
        server ->
            server.on(
                "/",
                exchange -> {
                  if (exchange.getRequestURI().getPath().equals("/add")) {
                    exchange.getHttpContext().getServer().createContext("/new", replying("new"));
                  } else if (exchange.getRequestURI().getPath().equals("/remove")) {
                    exchange.getHttpContext().getServer().removeContext("/new");
                  }
                  reply(exchange, 200, "root");
                }),
        get("/new"),
        get("/add"),
        get("/new"),
        get("/remove"),
        get("/new"));
    add(
        "contexts that cannot be",
        server -> {
          server.on("/", replying("x"));
          server.tried(() -> server.contexts().createContext("x"));
          server.tried(() -> server.contexts().createContext(""));
          server.tried(() -> server.contexts().createContext(null));
          server.tried(() -> server.contexts().removeContext("/y"));
          server.tried(() -> server.contexts().removeContext((String) null));
          server.tried(() -> server.contexts().createContext("/z").setHandler(null));
        },
        GET);
    add(
        "two contexts of one path",
        server -> {
          server.on("/", replying("x"));
          server.tried(() -> server.contexts().createContext("/", replying("y")));
        },
        GET);
    add(
        "attributes of a context",
        server ->
            server
                .on("/", exchange -> reply(exchange, 200, "" + exchange.getAttribute("a")))
                .getAttributes()
                .put("a", "shared"),
        GET);
    add(
        "attribute that is null",
        server ->
            server.on(
                "/",
                exchange -> {
                  exchange.setAttribute("a", "set");
                  server.tried(() -> exchange.setAttribute("a", null));
                  server.note(exchange.getAttribute("a"));
                  reply(exchange, 200, "x");
                }),
        GET);
    add(
        "attributes of the exchange before",
        server ->
            server.on(
                "/",
                exchange -> {
                  server.note(exchange.getAttribute("a"));
                  exchange.setAttribute("a", "set");
                  server.note(exchange.getAttribute("a"));
                  server.tried(() -> exchange.getAttribute(null));
                  reply(exchange, 200, "x");
                }),
        GET,
        GET);
  }

  private void faults() {
    ContractCase.SetUp echo = server -> server.on("/", ECHO);
    add("no Host", echo, "GET / HTTP/1.1\r\n\r\n");
    add("target that is no URI", echo, get("/\\"));
    add("target of a browser", echo, get("/[a]|^?{b}|`%"));
    add("request line without a version", echo, "GET /\r\n\r\n");
    add("space before a colon", echo, get("/", "X : y"));
    add("name that is no token", echo, get("/", "X(: y"));
    add("Content-Length that is no number", echo, request("POST /", "Content-Length: x"));
    add("negative Content-Length", echo, request("POST /", "Content-Length: -1"));
    add("two Content-Lengths", echo, request("POST /", "Content-Length: 1", "Content-Length: 2"));
    add(
        "Content-Length and Transfer-Encoding",
        echo,
        request("POST /", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
    add("unknown transfer coding", echo, request("POST /", "Transfer-Encoding: gzip"));
    add("chunk that is none", echo, request("POST /", "Transfer-Encoding: chunked") + "x\r\n\r\n");
  }
}
