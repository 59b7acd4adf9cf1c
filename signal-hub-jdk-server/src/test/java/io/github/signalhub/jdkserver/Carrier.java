package io.github.signalhub.jdkserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The transport of bytes between a test's client and its server. */
public enum Carrier {
  /** Plain TCP. */
  TCP("ws"),

  /** TLS, with a throw-away certificate for localhost. */
  TLS("wss");

  private final String scheme;

  Carrier(String scheme) {
    this.scheme = scheme;
  }

  /** Returns the scheme of WebSockets, {@code ws} or {@code wss}. */
  public String scheme() {
    return scheme;
  }

  /** Returns a context that trusts only the certificate. */
  public static SSLContext trusting() {
    return Contexts.CLIENT;
  }

  /** Returns this server with the settings of the carrier. */
  public SignalServerBuilder secure(SignalServerBuilder server) {
    return this == TLS ? server.tls(Contexts.SERVER) : server;
  }

  Socket connect(int port) throws IOException {
    return connect(port, 0);
  }

  /**
   * Connects.
   *
   * @param receiveBufferBytes the client's receive buffer; 0 for the system's default
   */
  public Socket connect(int port, int receiveBufferBytes) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Socket socket = this == TLS ? Contexts.CLIENT.getSocketFactory().createSocket() : new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.connect(address);
    if (socket instanceof SSLSocket secured) {
      secured.startHandshake();
    }
    return socket;
  }

  /** Made once, at the first use of TLS. */
  private static final class Contexts {
    private static final SSLContext SERVER;
    private static final SSLContext CLIENT;

    static {
      try {
        TestCertificate certificate = TestCertificate.root("localhost");
        SERVER = certificate.server();
        CLIENT = certificate.trusting();
      } catch (Exception e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}
