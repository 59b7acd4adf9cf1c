package io.github.signalhub.jdkserver.internal.exchange;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.github.signalhub.jdkserver.internal.exchange.ExchangeChannel.Ending;
import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.StatusCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One request and its response. Where the JDK's documentation leaves room:
 *
 * <ul>
 *   <li>What is written in answer to HEAD is dropped, so that a handler of GET serves it, too; a
 *       {@code Content-Length} that the handler set is kept.
 *   <li>An attribute of the exchange is seen by this exchange alone; where it has none, that of the
 *       context is. (JDK 17 kept one map for all exchanges of a context, so that concurrent
 *       requests saw each other's; its documentation never promised that.)
 *   <li>{@code Date}, {@code Content-Length}, {@code Transfer-Encoding} and {@code Connection} are
 *       set here; of a handler's own, {@code Connection: close} is honoured.
 *   <li>Interim responses (1xx) are not for handlers.
 * </ul>
 *
 * <p>Not thread-safe: for the handler's thread.
 */
final class HubHttpExchange extends HttpExchange {
  private final RequestHead head;
  private final HttpContext context;
  private final ExchangeChannel channel;
  private final Headers requestHeaders;
  private final Headers responseHeaders = new Headers();
  private final RequestBody requestBody;
  private final ResponseBody responseBody;
  private final Map<String, Object> attributes = new ConcurrentHashMap<>();
  private InputStream in;
  private OutputStream out;
  private HttpPrincipal principal;
  private int responseCode = -1;
  private boolean keepAlive;
  private volatile boolean closed;

  HubHttpExchange(
      RequestHead head, BodyFraming framing, HttpContext context, ExchangeChannel channel) {
    this.head = head;
    this.context = context;
    this.channel = channel;
    requestHeaders = new ReadOnlyHeaders(head.headers());
    requestBody = new RequestBody(framing, channel);
    responseBody = new ResponseBody(channel);
    in = requestBody;
    out = responseBody;
  }

  /**
   * {@inheritDoc}
   *
   * @param status the status, 200 to 999
   * @param length the body's length in bytes; 0 if it is not known, -1 if there is no body
   * @throws IOException if headers were sent already, the exchange is closed, or the connection
   *     lost
   * @throws IllegalArgumentException if the status or the length is none of those, or if a response
   *     header holds what a header cannot; nothing is sent then
   */
  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    if (closed) {
      throw new IOException("the exchange is closed");
    }
    if (responseBody.hasBegun()) {
      throw new IOException("the response headers were sent already");
    }
    ResponseStart start =
        ResponseStart.compose(
            head,
            status,
            length,
            responseHeaders,
            channel.date(),
            channel.mayKeepAlive() && requestBody.canBeFollowed());
    responseCode = status;
    keepAlive = start.framing().keepAlive();
    requestBody.responseBegins();
    responseBody.begin(start.framing(), head.method().equals("HEAD"), start.head());
  }

  /**
   * Answers in place of a handler; nothing must have been written yet. Does not end the exchange.
   *
   * @param fields header fields besides those that every answer has
   */
  void answer(int status, String message, Map<String, String> fields) throws IOException {
    byte[] text = (message + "\n").getBytes(StandardCharsets.UTF_8);
    responseBody.reset();
    out = responseBody; // what filters put around it was for another response
    responseHeaders.clear();
    fields.forEach(responseHeaders::set);
    responseHeaders.set("Content-Type", "text/plain; charset=utf-8");
    sendResponseHeaders(status, text.length);
    responseBody.write(text);
  }

  /**
   * Answers a request that nobody serves. Its body is read first, so that a broken one gets the
   * answer that it deserves, and what is too long to be read is told by {@code close}.
   */
  void answerUnserved() throws IOException {
    if (!requestBody.drain() && requestBody.isBroken()) {
      throw new IOException("the request's body did not come");
    }
    int status = head.hasStandardMethod() ? 404 : 501;
    answer(status, StatusCode.reason(status), Map.of());
  }

  /**
   * Ends the exchange: the rest of the request is discarded within bounds. Without a response, or
   * with an incomplete one, the connection is cut. Idempotent.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Ending ending = Ending.ABORT;
    try {
      in.close();
      out.close();
      responseBody.close(); // a filter's stream need not have closed it
    } catch (IOException | RuntimeException e) {
      responseBody.abandon();
    } finally {
      requestBody.close();
      if (responseBody.isComplete()) {
        ending = keepAlive && requestBody.drain() ? Ending.REUSE : Ending.CLOSE;
      }
      channel.finished(ending);
    }
  }

  /** Ends the exchange so that a response that is not complete will not look complete. */
  void abort() {
    responseBody.abandon();
    close();
  }

  boolean isClosed() {
    return closed;
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
