package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the application's code for one exchange, and answers in its place if it fails. A fault of a
 * handler is a warning with its cause. A fault of a peer is logged at DEBUG. The content of a
 * request is never logged.
 *
 * <p>{@link #run} is for the handler's thread. {@link #expire} is thread-safe.
 */
final class ExchangeRunner {
  private final HubHttpContext context;
  private final HubHttpExchange exchange;
  private final HubLogger log;
  private volatile boolean expired;

  ExchangeRunner(HubHttpContext context, HubHttpExchange exchange, HubLogger log) {
    this.context = context;
    this.exchange = exchange;
    this.log = log;
  }

  /**
   * Runs filters, authenticator and handler, in this order. If none of them has thrown, the
   * exchange may go on afterwards. Never throws.
   */
  void run() {
    try {
      runHandler();
    } catch (Throwable t) { // also an Error, which would end a thread of the pool silently
      endAfter(t);
    }
  }

  /**
   * Ends an exchange that the application seems to have forgotten: with 503 if nothing was sent,
   * otherwise with a reset. Does not wait, and never throws.
   */
  void expire() {
    try {
      expired = true;
      Optional<HttpException> refusal = exchange.requestBody().refusal();
      if (refusal.isPresent()) {
        refuse(refusal.get());
      } else if (exchange.answerInstead(
          new HttpException(503, "no answer came in time", Map.of("Connection", "close")))) {
        warn("has not answered within the exchange timeout; answered with 503", null);
      } else if (exchange.cut()) {
        warn("has not gone on with its response within the exchange timeout; cut it", null);
      }
    } catch (Throwable t) {
      endAfter(t);
    }
  }

  private void runHandler() throws IOException {
    HttpHandler handler = context.getHandler();
    if (handler == null) {
      throw new IllegalStateException("the context has no handler");
    }
    HttpHandler last =
        passed -> {
          if (isAuthenticated(passed)) {
            handler.handle(passed);
          }
        };
    new Filter.Chain(List.copyOf(context.getFilters()), last).doFilter(exchange.view());
    exchange.responseBody().handlerReturned();
    if (exchange.requestBody().isBroken() && exchange.responseBody().isAwaited()) {
      throw new IOException("the request's body did not come");
    }
  }

  private boolean isAuthenticated(HttpExchange passed) throws IOException {
    Authenticator authenticator = context.getAuthenticator();
    if (authenticator == null) {
      return true;
    }
    Authenticator.Result result = authenticate(authenticator, passed);
    if (result instanceof Authenticator.Success success) {
      exchange.setPrincipal(success.getPrincipal());
      return true;
    }
    int status =
        result instanceof Authenticator.Retry retry
            ? retry.getResponseCode()
            : ((Authenticator.Failure) result).getResponseCode();
    passed.sendResponseHeaders(status, -1);
    return false;
  }

  /** The JDK's authenticator throws if it cannot read the credentials. Then they count as none. */
  private Authenticator.Result authenticate(Authenticator authenticator, HttpExchange passed) {
    try {
      return authenticator.authenticate(passed);
    } catch (RuntimeException e) {
      String credentials = exchange.getRequestHeaders().getFirst("Authorization");
      if (!(authenticator instanceof BasicAuthenticator)
          || !BasicCredentials.areMalformed(credentials)) {
        throw e;
      }
      log.log(Level.DEBUG, "Refused malformed credentials");
      return exchange.withoutCredentials(() -> authenticator.authenticate(passed));
    }
  }

  private void endAfter(Throwable cause) {
    try {
      failed(cause);
    } catch (Throwable t) { // the log failed, or there is no memory for it
      exchange.cut();
    }
  }

  private void failed(Throwable cause) {
    Optional<HttpException> refusal = exchange.requestBody().refusal();
    if (refusal.isPresent()) {
      refuse(refusal.get());
    } else if (exchange.responseBody().isLost() || exchange.requestBody().isBroken()) {
      exchange.cut();
      log.log(Level.DEBUG, "The connection was lost during an exchange", cause);
    } else if (expired) {
      log.log(Level.DEBUG, "A handler went on after its exchange had expired", cause);
    } else {
      boolean otherAnswers = exchange.responseBody().isTooLate();
      if (!otherAnswers
          && !exchange.answerInstead(new HttpException(500, "Internal Server Error"))) {
        exchange.cut();
      }
      warn("failed", cause);
    }
  }

  private void refuse(HttpException refusal) {
    if (exchange.answerInstead(refusal) || exchange.cut()) {
      log.log(Level.DEBUG, "Refused a request's body: {0}", refusal.getMessage());
    }
  }

  private void warn(String what, Throwable cause) {
    String text = "The handler of {0} " + what;
    if (cause == null) {
      log.warnCounted(text, context.getPath());
    } else {
      log.log(Level.WARNING, cause, text, context.getPath());
    }
  }
}
