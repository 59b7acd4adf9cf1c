package io.github.signalhub.jdkserver.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubHttpServerTest {
  private static final String POST =
      "POST /secret HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";

  private final Executor executor = Runnable::run;
  private final LogRecorder log = new LogRecorder();
  private final HubHttpServer server =
      new HubHttpServer(() -> MemoryChannel.LOCAL, executor, Optional.empty(), HubLogger.to(log));

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  private static void reply(HttpExchange exchange, String text) throws IOException {
    exchange.sendResponseHeaders(200, text.length());
    exchange.getResponseBody().write(text.getBytes(US_ASCII));
    exchange.close();
  }

  private static HttpHandler replying(String text) {
    return exchange -> reply(exchange, text);
  }

  private String bodyOf(String path) {
    String response = new MemoryChannel(get(path)).serve(server);
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  @Nested
  class Contexts {
    @ParameterizedTest
    @CsvSource({
      "/, root",
      "/app, root",
      "/apps, apps",
      "/apps/, slash",
      "/apps/x, slash",
      "/appstore, apps",
      "/Apps, root",
      "/%61pps, apps",
      "/apps/../x, slash",
      "http://h/apps, apps",
      "/./apps, root",
      "/%2e/apps, root",
      "/a/../apps, root",
      "/.//apps, root",
      "/%2fapps, root",
    })
    void areFoundByTheirLongestLiteralPrefix(String target, String expected) {
      server.createContext("/", replying("root"));
      server.createContext("/apps", replying("apps"));
      server.createContext("/apps/", replying("slash"));

      assertThat(bodyOf(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "//apps",
          "///apps",
          "//",
          "////",
          "//h/apps",
          "//apps?x=/apps",
          "http://h//apps"
        })
    void areNotFoundForPathsThatBeginWithTwoSlashes(String target) {
      server.createContext("/", replying("root"));
      server.createContext("/apps", replying("apps"));

      assertThat(new MemoryChannel(get(target)).serve(server)).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void ofTheRootGetOptionsOfTheServer() {
      server.createContext("/", exchange -> reply(exchange, exchange.getRequestURI().toString()));
      server.createContext("/a", replying("a"));

      String response = new MemoryChannel("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").serve(server);

      assertThat(response).endsWith("\r\n\r\n*");
    }

    @Test
    void missingAreNotFoundAndTheConnectionStays() {
      server.createContext("/x", replying("x"));
      MemoryChannel channel = new MemoryChannel(POST + "GET");

      channel.serve(server);

      assertThat(channel.response())
          .isEqualTo(
              "HTTP/1.1 404 Not Found\r\nContent-length: 10\r\n"
                  + "Content-type: text/plain; charset=utf-8\r\n"
                  + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nNot Found\n");
      assertThat(channel.endings).containsExactly(Ending.REUSE);
      assertThat(channel.unread()).isEqualTo(3);
      assertThat(log.lines).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PATCH, 404", "TRACE, 404", "BREW, 501", "get, 501"})
    void missingAreNotImplementedForMethodsThatNobodyKnows(String method, int status) {
      server.createContext("/x", replying("x"));

      MemoryChannel without = new MemoryChannel(get("/").replace("GET", method));
      MemoryChannel with = new MemoryChannel(get("/x").replace("GET", method));

      assertThat(without.serve(server)).startsWith("HTTP/1.1 " + status + " ");
      assertThat(without.refusals).containsExactly(status);
      assertThat(with.serve(server)).startsWith("HTTP/1.1 200 ");
      assertThat(with.refusals).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
      "g, HTTP/1.1 400",
      "0~X : y, HTTP/1.1 400",
      "fffffffffffffffff, HTTP/1.1 4",
      "5~he, ''"
    })
    void missingTellThatABodyIsBroken(String body, String answer) {
      String head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
      MemoryChannel channel = new MemoryChannel(head + body.replace("~", "\r\n"));

      String response = channel.serve(server);

      assertThat(response.isEmpty()).isEqualTo(answer.isEmpty());
      assertThat(response).startsWith(answer);
      assertThat(channel.endings).doesNotContain(Ending.REUSE);
    }

    @Test
    void missingCloseTheConnectionBeforeALongBody() {
      String body = "x".repeat(RequestBody.MAX_DISCARDED_BYTES + 1);
      String head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n";
      MemoryChannel channel = new MemoryChannel(head + body);

      assertThat(channel.serve(server)).startsWith("HTTP/1.1 404 ").contains("Connection: close");
      assertThat(channel.endings).containsExactly(Ending.CLOSE);
    }

    @Test
    void canBeRemoved() {
      HttpContext a = server.createContext("/a", replying("a"));
      server.createContext("/b", replying("b"));

      server.removeContext(a);
      server.removeContext("/b");

      assertThat(bodyOf("/a")).isEqualTo("Not Found\n");
      assertThat(bodyOf("/b")).isEqualTo("Not Found\n");
      assertThatIllegalArgumentException().isThrownBy(() -> server.removeContext("/b"));
      assertThatIllegalArgumentException().isThrownBy(() -> server.removeContext(a));
    }

    @Test
    void areSetUpBeforeTheyServe() {
      HttpContext context =
          server.createContext(
              "/a",
              exchange -> reply(exchange, (String) exchange.getAttribute("greeting")),
              each -> {
                assertThat(bodyOf("/a")).isEqualTo("Not Found\n");
                each.getAttributes().put("greeting", "hello");
              });

      assertThat(bodyOf("/a")).isEqualTo("hello");
      assertThat(context.getPath()).isEqualTo("/a");
    }

    @Test
    void ofARemovedOneCannotBeRemovedThroughAnotherOfItsPath() {
      HttpContext removed = server.createContext("/a", replying("old"));
      server.removeContext("/a");
      server.createContext("/a", replying("new"));

      assertThatIllegalArgumentException().isThrownBy(() -> server.removeContext(removed));
      assertThat(bodyOf("/a")).isEqualTo("new");
    }

    @Test
    void ofAnotherServerCannotBeRemoved() {
      server.createContext("/a");
      HttpContext other =
          new HubHttpServer(() -> MemoryChannel.LOCAL, executor, Optional.empty())
              .createContext("/a");

      assertThatIllegalArgumentException().isThrownBy(() -> server.removeContext(other));
    }

    @Test
    void existOncePerPath() {
      server.createContext("/a");

      assertThatIllegalArgumentException().isThrownBy(() -> server.createContext("/a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "http://h/"})
    void beginWithASlash(String path) {
      assertThatIllegalArgumentException().isThrownBy(() -> server.createContext(path));
    }

    @Test
    void takeTheirHandlerOnce() {
      HttpContext context = server.createContext("/a");
      assertThat(context.getHandler()).isNull();

      context.setHandler(replying("a"));

      assertThat(bodyOf("/a")).isEqualTo("a");
      assertThat(context.getServer()).isSameAs(server);
      assertThatIllegalArgumentException().isThrownBy(() -> context.setHandler(replying("b")));
    }

    @Test
    void withoutHandlerFail() {
      server.createContext("/a");

      assertThat(bodyOf("/a")).isEqualTo("Internal Server Error\n");
      assertThat(log.levels()).containsExactly(Level.WARNING);
    }
  }

  @Nested
  class Filters {
    private final List<String> steps = new ArrayList<>();

    private Filter recording(String name) {
      return new Filter() {
        @Override
        public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
          steps.add(name);
          chain.doFilter(exchange);
          steps.add(name + " " + exchange.getResponseCode());
        }

        @Override
        public String description() {
          return name;
        }
      };
    }

    @Test
    void runInOrderAroundTheHandler() {
      HttpContext context = server.createContext("/", replying("x"));
      context.getFilters().add(recording("a"));
      context.getFilters().add(recording("b"));

      bodyOf("/");

      assertThat(steps).containsExactly("a", "b", "b 200", "a 200");
    }

    @Test
    void canAnswerInPlaceOfTheHandler() {
      HttpContext context = server.createContext("/", replying("x"));
      context
          .getFilters()
          .add(
              new Filter() {
                @Override
                public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                  reply(exchange, "filtered");
                }

                @Override
                public String description() {
                  return "answers";
                }
              });

      assertThat(bodyOf("/")).isEqualTo("filtered");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_18)
    void ofTheJdkRun() throws ReflectiveOperationException {
      HttpContext context = server.createContext("/", replying("x"));
      Consumer<HttpExchange> before = exchange -> steps.add("before");
      context
          .getFilters()
          .add(
              (Filter)
                  Filter.class
                      .getMethod("beforeHandler", String.class, Consumer.class)
                      .invoke(null, "before", before));

      assertThat(bodyOf("/")).isEqualTo("x");
      assertThat(steps).containsExactly("before");
    }
  }

  @Nested
  class FileHandler {
    @Test
    @EnabledForJreRange(min = JRE.JAVA_18)
    void ofTheJdkServesFiles(@TempDir Path folder)
        throws IOException, ReflectiveOperationException {
      Files.writeString(folder.resolve("a.txt"), "content");
      server.createContext("/files/", createFileHandler(folder.toRealPath()));

      assertThat(bodyOf("/files/a.txt")).isEqualTo("content");
      assertThat(bodyOf("/files/")).contains("a.txt");
      assertThat(new MemoryChannel(get("/files/../../x")).serve(server)).startsWith("HTTP/1.1 404");
      assertThat(new MemoryChannel(get("/files/a.txt").replace("GET", "HEAD")).serve(server))
          .contains("Content-length: 7\r\n")
          .endsWith("\r\n\r\n");
    }

    private HttpHandler createFileHandler(Path folder) throws ReflectiveOperationException {
      try {
        return (HttpHandler)
            Class.forName("com.sun.net.httpserver.SimpleFileServer")
                .getMethod("createFileHandler", Path.class)
                .invoke(null, folder);
      } catch (InvocationTargetException e) {
        throw new AssertionError(e.getCause());
      }
    }
  }

  @Nested
  class Authentication {
    private HttpContext context;

    @BeforeEach
    void requirePassword() {
      context =
          server.createContext(
              "/", exchange -> reply(exchange, exchange.getPrincipal().getUsername()));
      context.setAuthenticator(
          new BasicAuthenticator("realm") {
            @Override
            public boolean checkCredentials(String user, String password) {
              if (user.equals("bug")) {
                throw new IllegalArgumentException("on purpose");
              }
              return user.equals("ada") && password.equals("pw");
            }
          });
    }

    private String serve(String credentials) {
      String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(US_ASCII));
      String field = "Authorization: Basic " + encoded + "\r\n\r\n";
      return new MemoryChannel(get("/").replace("\r\n\r\n", "\r\n" + field)).serve(server);
    }

    @Test
    void letsAKnownUserInAndTellsTheHandlerWho() {
      assertThat(serve("ada:pw")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nada");
    }

    private String serveField(String value) {
      String field = "Authorization: " + value + "\r\n\r\n";
      return new MemoryChannel(get("/").replace("\r\n\r\n", "\r\n" + field)).serve(server);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Basic %%%",
          "basic =",
          "BASIC YWRh",
          "Basic  YWRhOnB3",
          "Basic YWRhOnB3 x",
          "Basic YWRhOnB3=====",
          "Basic \u00e4",
          "Basic",
          "",
          "Bearer x",
          ":"
        })
    void keepsOutWhatIsNoCredentialsAndIsQuietAboutIt(String value) {
      assertThat(serveField(value)).startsWith("HTTP/1.1 401 Unauthorized\r\n");
      assertThat(log.levels()).isSubsetOf(Level.DEBUG);
      assertThat(log.lines).noneMatch(line -> line.cause() != null);
    }

    @Test
    void asksAgainForCredentialsThatAreMalformed() {
      assertThat(serveField("Basic %%%")).contains("Www-authenticate: Basic realm=\"realm\"");
    }

    @Test
    void thatFailsByItselfIs500() {
      assertThat(serve("bug:pw")).startsWith("HTTP/1.1 500 ");
      assertThat(log.levels()).containsExactly(Level.WARNING);
    }

    @Test
    void comesAfterTheFiltersWhichSeeEveryRequest() {
      List<String> seen = new ArrayList<>();
      context
          .getFilters()
          .add(
              new Filter() {
                @Override
                public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                  seen.add("before " + exchange.getPrincipal());
                  chain.doFilter(exchange);
                  seen.add(exchange.getResponseCode() + " " + exchange.getPrincipal());
                }

                @Override
                public String description() {
                  return "records";
                }
              });

      serve("ada:pw");
      serve("ada:no");

      assertThat(seen).containsExactly("before null", "200 realm:ada", "before null", "401 null");
    }

    @Test
    void keepsOthersOut() {
      assertThat(serve("ada:no")).startsWith("HTTP/1.1 401 Unauthorized\r\n");
      assertThat(new MemoryChannel(get("/")).serve(server))
          .startsWith("HTTP/1.1 401 Unauthorized\r\n")
          .contains("Www-authenticate: Basic realm=\"realm\"");
    }
  }

  @Nested
  class Owned {
    @Test
    void methodsSayWhoOwnsThem() {
      for (Runnable call :
          List.<Runnable>of(
              () -> server.bind(MemoryChannel.LOCAL, 0),
              server::start,
              () -> server.stop(0),
              () -> server.setExecutor(executor))) {
        assertThatExceptionOfType(UnsupportedOperationException.class)
            .isThrownBy(call::run)
            .withMessageContaining("owned by the SignalServer");
      }
    }

    @Test
    void addressAndExecutorAreTold() {
      assertThat(server.getAddress()).isEqualTo(MemoryChannel.LOCAL);
      assertThat(server.getExecutor()).isSameAs(executor);
    }
  }
}
