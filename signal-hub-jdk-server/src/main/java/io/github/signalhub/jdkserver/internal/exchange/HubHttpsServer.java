package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** The server of contexts over TLS, as filters and handlers see it. Thread-safe. */
final class HubHttpsServer extends HttpsServer {
  private final HubHttpServer server;
  private final Supplier<SSLContext> tls;

  HubHttpsServer(HubHttpServer server, Supplier<SSLContext> tls) {
    this.server = server;
    this.tls = tls;
  }

  /** Not supported: the surrounding server has its context of TLS. */
  @Override
  public void setHttpsConfigurator(HttpsConfigurator configurator) {
    throw new UnsupportedOperationException("TLS is " + HubHttpServer.OWNED);
  }

  /** Returns a configurator that has the context of new connections, and configures nothing. */
  @Override
  public HttpsConfigurator getHttpsConfigurator() {
    return new HttpsConfigurator(tls.get());
  }

  @Override
  public HttpContext createContext(String path, HttpHandler handler) {
    return server.createContext(path, handler);
  }

  @Override
  public HttpContext createContext(String path) {
    return server.createContext(path);
  }

  @Override
  public void removeContext(String path) {
    server.removeContext(path);
  }

  @Override
  public void removeContext(HttpContext context) {
    server.removeContext(context);
  }

  @Override
  public InetSocketAddress getAddress() {
    return server.getAddress();
  }

  @Override
  public Executor getExecutor() {
    return server.getExecutor();
  }

  @Override
  public void bind(InetSocketAddress address, int backlog) {
    server.bind(address, backlog);
  }

  @Override
  public void start() {
    server.start();
  }

  @Override
  public void stop(int delay) {
    server.stop(delay);
  }

  @Override
  public void setExecutor(Executor executor) {
    server.setExecutor(executor);
  }
}
