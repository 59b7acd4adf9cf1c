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
 * One request and its response. The exchange ends when its response is complete. Any thread may
 * complete it: by closing the response's body or the exchange, or by sending the headers of a
 * response without a body. The JDK's documentation leaves room in some points. Here they are so:
 *
 * <ul>
 *   <li>A body that is written in answer to HEAD is dropped, so that a handler of GET serves HEAD,
 *       too. A {@code Content-Length} of the handler is kept.
 *   <li>Only this exchange sees its attributes. For a name that it does not have, it returns the
 *       attribute of the context. (The JDK's server has one map for all exchanges of a context. So
 *       concurrent requests see the attributes of each other. Its documentation never promised
 *       that.)
 *   <li>{@code Date}, {@code Content-Length} and {@code Transfer-Encoding} are set here. {@code
 *       Connection: close} of a handler is honoured, and its other members are sent, too.
 *   <li>Handlers cannot send interim responses (1xx).
 * </ul>
 *
 * <p>Thread-safe, but only one thread at a time may read the body.
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
  private volatile Headers requestHeaders; // null until somebody asks
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

  /** Returns the exchange of a {@link #view}. */
  static HubHttpExchange of(HttpExchange view) {
    return view instanceof HubHttpsExchange secure ? secure.exchange() : (HubHttpExchange) view;
  }

  /**
   * Returns the object that filters and handlers get: this one, or an {@code HttpsExchange} with
   * TLS.
   */
  HttpExchange view() {
    return view;
  }

  /**
   * {@inheritDoc}
   *
   * @param status 200 to 999
   * @param length of the body in bytes; 0 if it is not known; -1 if there is no body, which ends
   *     the exchange
   * @throws IOException if headers were sent already, the exchange is over, or the connection is
   *     lost
   * @throws IllegalArgumentException if the status or the length is out of range, or if a response
   *     header has a character that is not allowed; nothing is sent then
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
   * Answers in place of the application and ends the exchange, unless a part of a response was sent
   * or the exchange is over.
   *
   * @return whether it answered
   */
  boolean answerInstead(HttpException answer) {
    if (!responseBody.replace()) {
      return false;
    }
    channel.refused(answer.status());
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
   * Ends the exchange as it is. Cuts the connection, unless the response is complete.
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
   * Answers a request that has no context. A short body is read first, so that a broken one gets
   * the answer of its fault.
   */
  void answerUnserved() throws IOException {
    requestBody.discard();
    int status = head.hasStandardMethod() ? 404 : 501;
    answerInstead(new HttpException(status, StatusCode.reason(status)));
  }

  /**
   * Ends the exchange. A short rest of the request is discarded. If there is no response, or an
   * incomplete one, the connection is cut. But if nothing was sent, and reading has found the
   * request's body unacceptable, the client is told so. Does nothing on a thread that came too late
   * to answer. Idempotent.
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
      responseBody.close(); // the stream of a filter may not have closed it
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

  /** Runs an action while the request seems to have no credentials. */
  <T> T withoutCredentials(Supplier<T> action) {
    Headers all = getRequestHeaders();
    requestHeaders = new ReadOnlyHeaders(head.headers().without("Authorization"));
    try {
      return action.get();
    } finally {
      requestHeaders = all;
    }
  }

  @Override
  public Headers getRequestHeaders() {
    Headers known = requestHeaders;
    if (known == null) {
      known = new ReadOnlyHeaders(head.headers());
      requestHeaders = known;
    }
    return known;
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

  /**
   * Returns the client's identity as the context's authenticator found it; {@code null} without an
   * authenticator.
   */
  @Override
  public HttpPrincipal getPrincipal() {
    return principal;
  }
}
