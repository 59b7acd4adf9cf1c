package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * Runs the application's code for one exchange and answers in its place where it fails. Whose fault
 * a failure is decides how loud it is: that of a handler is a warning with its cause, that of a
 * peer is for debugging. What the request held is never logged. Confined to one handler thread.
 */
final class ExchangeRunner {
  private final HubHttpContext context;
  private final HubHttpExchange exchange;
  private final HubLogger log;

  ExchangeRunner(HubHttpContext context, HubHttpExchange exchange, HubLogger log) {
    this.context = context;
    this.exchange = exchange;
    this.log = log;
  }

  /** Runs authenticator, filters and handler, and ends the exchange; never throws. */
  void run() {
    try {
      if (isAuthenticated()) {
        runHandler();
      }
      if (exchange.isClosed() || exchange.responseBody().hasBegun()) {
        exchange.close();
        warnOfIncompleteResponse();
      } else {
        failed(new IllegalStateException("the handler returned without an answer"));
      }
    } catch (Throwable t) { // an Error of one handler must not cost the pool a thread unnoticed
      failed(t);
    }
  }

  private boolean isAuthenticated() throws IOException {
    Authenticator authenticator = context.getAuthenticator();
    if (authenticator == null) {
      return true;
    }
    Authenticator.Result result = authenticator.authenticate(exchange);
    if (result instanceof Authenticator.Success success) {
      exchange.setPrincipal(success.getPrincipal());
      return true;
    }
    int status =
        result instanceof Authenticator.Retry retry
            ? retry.getResponseCode()
            : ((Authenticator.Failure) result).getResponseCode();
    exchange.sendResponseHeaders(status, -1);
    return false;
  }

  private void runHandler() throws IOException {
    if (context.getHandler() == null) {
      throw new IllegalStateException("the context has no handler");
    }
    new Filter.Chain(List.copyOf(context.getFilters()), context.getHandler()).doFilter(exchange);
  }

  private void warnOfIncompleteResponse() {
    ResponseBody response = exchange.responseBody();
    if (response.hasBegun() && !response.isComplete() && !response.isDisconnected()) {
      log.warnCounted("The handler of {0} left its response incomplete; cut it", context.getPath());
    }
  }

  private void failed(Throwable cause) {
    Optional<HttpException> refusal = exchange.requestBody().refusal();
    if (refusal.isPresent()) {
      log.log(Level.DEBUG, "Refused a request's body: {0}", refusal.get().getMessage());
      answerOrAbort(refusal.get());
    } else if (exchange.responseBody().isDisconnected() || exchange.requestBody().isBroken()) {
      log.log(Level.DEBUG, "The connection was lost during an exchange", cause);
      exchange.abort();
    } else {
      log.log(Level.WARNING, cause, "The handler of {0} failed", context.getPath());
      answerOrAbort(new HttpException(500, "Internal Server Error"));
    }
  }

  private void answerOrAbort(HttpException refusal) {
    try {
      if (!exchange.isClosed() && !exchange.responseBody().isCommitted()) {
        exchange.answer(refusal.status(), refusal.getMessage(), refusal.fields());
        exchange.close();
      }
    } catch (IOException | RuntimeException e) {
      log.log(Level.DEBUG, "The connection was lost before an answer", e);
    } finally {
      exchange.abort();
    }
  }
}
