package io.github.signalhub.jdkserver.internal.exchange;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import io.github.signalhub.jdkserver.internal.exchange.ResponseBody.End;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.StatusCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One request and its response. It ends when its response is complete, whatever thread completes
 * it: by closing the response's body or the exchange, or by sending headers of a response without a
 * body. Where the JDK's documentation leaves room:
 *
 * <ul>
 *   <li>What is written in answer to HEAD is dropped, so that a handler of GET serves it, too; a
 *       {@code Content-Length} that the handler set is kept.
 *   <li>An attribute of the exchange is seen by this exchange alone; where it has none, that of the
 *       context is. (The JDK's server keeps one map for all exchanges of a context, so that
 *       concurrent requests see each other's; its documentation never promised that.)
 *   <li>{@code Date}, {@code Content-Length} and {@code Transfer-Encoding} are set here. {@code
 *       Connection: close} of a handler is honoured, and its other members are sent, too.
 *   <li>Interim responses (1xx) are not for handlers.
 * </ul>
 *
 * <p>Thread-safe, except that the body is for one reader at a time.
 */
final class HubHttpExchange extends HttpExchange {
  private final RequestHead head;
  private final HttpContext context;
  private final ExchangeChannel channel;
  private final HubLogger log;
  private final ResponseHeaders responseHeaders = new ResponseHeaders();
  private final RequestBody requestBody;
  private final ResponseBody responseBody;
  private final Map<String, Object> attributes = new ConcurrentHashMap<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final HttpExchange view;
  private volatile Headers requestHeaders;
  private volatile InputStream in;
  private volatile OutputStream out;
  private volatile HttpPrincipal principal;
  private volatile int responseCode = -1;
  private volatile boolean keepAlive;

  HubHttpExchange(
      RequestHead head,
      BodyFraming framing,
      HttpContext context,
      ExchangeChannel channel,
      HubLogger log) {
    this.head = head;
    this.context = context;
    this.channel = channel;
    this.log = log;
    requestHeaders = new ReadOnlyHeaders(head.headers());
    responseBody = new ResponseBody(channel, this::ended);
    requestBody = new RequestBody(framing, channel, responseBody::askForBody);
    in = requestBody;
    out = responseBody;
    view =
        channel
            .sslSession()
            .<HttpExchange>map(session -> new HubHttpsExchange(this, session))
            .orElse(this);
  }

  /** Returns the exchange of such a {@link #view}. */
  static HubHttpExchange of(HttpExchange view) {
    return view instanceof HubHttpsExchange secure ? secure.exchange() : (HubHttpExchange) view;
  }

  /** Returns what filters and handlers are given: this, or over TLS an {@code HttpsExchange}. */
  HttpExchange view() {
    return view;
  }

  /**
   * {@inheritDoc}
   *
   * @param status the status, 200 to 999
   * @param length the body's length in bytes; 0 if it is not known, -1 if there is no body, which
   *     ends the exchange
   * @throws IOException if headers were sent already, the exchange is over, or the connection lost
   * @throws IllegalArgumentException if the status or the length is none of those, or if a response
   *     header holds what a header cannot; nothing is sent then
   */
  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    responseBody.begin(() -> compose(status, length), isHead());
  }

  private ResponseStart compose(int status, long length) {
    ResponseStart start = compose(status, length, responseHeaders);
    responseCode = status;
    keepAlive = start.framing().keepAlive();
    return start;
  }

  private ResponseStart compose(int status, long length, ResponseHeaders headers) {
    boolean mayKeepAlive = channel.mayKeepAlive() && requestBody.canBeFollowed();
    return headers.atomically(
        () -> ResponseStart.compose(head, status, length, headers, channel.date(), mayKeepAlive));
  }

  private boolean isHead() {
    return head.method().equals("HEAD");
  }

  /** The response has ended, and the exchange with it. */
  private void ended(End end) {
    requestBody.close();
    if (end == End.COMPLETE) {
      channel.finished(keepAlive && !requestBody.isBroken() ? Ending.REUSE : Ending.CLOSE);
      return;
    }
    channel.finished(Ending.ABORT);
    if (end == End.UNFINISHED) {
      log.warnCounted("The handler of {0} left its response incomplete; cut it", context.getPath());
    }
  }

  /**
   * Answers in place of the application, unless a response was sent in part or the exchange is
   * over. Ends the exchange.
   *
   * @return whether nothing had been sent before
   */
  boolean answerInstead(HttpException answer) {
    if (!responseBody.replace()) {
      return false;
    }
    requestBody.close();
    Ending ending = Ending.ABORT;
    try {
      ending = answer(answer);
    } catch (IOException e) {
      log.log(Level.DEBUG, "The connection was lost before an answer", e);
    } finally {
      channel.finished(ending);
    }
    return true;
  }

  private Ending answer(HttpException answer) throws IOException {
    byte[] text = (answer.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
    ResponseHeaders headers = new ResponseHeaders();
    answer.fields().forEach(headers::set);
    headers.set("Content-Type", "text/plain; charset=utf-8");
    ResponseStart start = compose(answer.status(), text.length, headers);
    channel.write(ByteBuffer.wrap(start.head()), ByteBuffer.wrap(isHead() ? new byte[0] : text));
    return start.framing().keepAlive() ? Ending.REUSE : Ending.CLOSE;
  }

  /**
   * Ends the exchange as it is: cuts the connection, unless the response is complete.
   *
   * @return whether the response was incomplete
   */
  boolean cut() {
    boolean unanswered = responseBody.replace();
    if (unanswered) {
      requestBody.close();
      channel.finished(Ending.ABORT);
    }
    return unanswered || responseBody.cut(End.FAILED);
  }

  /**
   * Answers a request that nobody serves. A body that is not too long is read first, so that a
   * broken one gets the answer that it deserves.
   */
  void answerUnserved() throws IOException {
    requestBody.discard();
    int status = head.hasStandardMethod() ? 404 : 501;
    answerInstead(new HttpException(status, StatusCode.reason(status)));
  }

  /**
   * Ends the exchange; the rest of the request is discarded within bounds. Without a response, or
   * with an incomplete one, the connection is cut; but if reading has found the request's body
   * unacceptable and nothing was sent, the client is told. Does nothing for a thread that came too
   * late to answer. Idempotent.
   */
  @Override
  public void close() {
    if (responseBody.isTooLate() || !closing.compareAndSet(false, true)) {
      return;
    }
    Optional<HttpException> refusal = requestBody.refusal();
    if (refusal.isPresent() && answerInstead(refusal.get())) {
      log.log(Level.DEBUG, "Refused a request's body: {0}", refusal.get().getMessage());
      return;
    }
    if (responseBody.forgo()) {
      channel.finished(Ending.ABORT);
      requestBody.close();
      return;
    }
    try {
      in.close();
      out.close();
      responseBody.close(); // a filter's stream need not have closed it
    } catch (IOException | RuntimeException e) {
      log.log(Level.DEBUG, "Closing a response failed", e);
    } finally {
      requestBody.close();
      responseBody.cut(End.UNFINISHED);
    }
  }

  RequestBody requestBody() {
    return requestBody;
  }

  ResponseBody responseBody() {
    return responseBody;
  }

  void setPrincipal(HttpPrincipal principal) {
    this.principal = principal;
  }

  /** Does something while the request seems to have come without credentials. */
  <T> T withoutCredentials(Supplier<T> action) {
    Headers all = requestHeaders;
    requestHeaders = new ReadOnlyHeaders(head.headers().without("Authorization"));
    try {
      return action.get();
    } finally {
      requestHeaders = all;
    }
  }

  @Override
  public Headers getRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public Headers getResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public URI getRequestURI() {
    return head.uri();
  }

  @Override
  public String getRequestMethod() {
    return head.method();
  }

  @Override
  public HttpContext getHttpContext() {
    return context;
  }

  @Override
  public InputStream getRequestBody() {
    return in;
  }

  @Override
  public OutputStream getResponseBody() {
    return out;
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    this.in = in == null ? this.in : in;
    this.out = out == null ? this.out : out;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return channel.remoteAddress();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return channel.localAddress();
  }

  @Override
  public int getResponseCode() {
    return responseCode;
  }

  @Override
  public String getProtocol() {
    return head.version().toString();
  }

  @Override
  public Object getAttribute(String name) {
    Object own = attributes.get(requireNonNull(name, "name"));
    return own != null ? own : context.getAttributes().get(name);
  }

  /** {@inheritDoc} A value of {@code null} removes the exchange's own attribute. */
  @Override
  public void setAttribute(String name, Object value) {
    requireNonNull(name, "name");
    if (value == null) {
      attributes.remove(name);
    } else {
      attributes.put(name, value);
    }
  }

  /** Returns who the context's authenticator found the client to be, {@code null} without one. */
  @Override
  public HttpPrincipal getPrincipal() {
    return principal;
  }
}
