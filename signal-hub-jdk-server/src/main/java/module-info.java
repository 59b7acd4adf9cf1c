/**
 * A minimal RFC 6455 server on raw sockets and the JDK's HTTP handlers on one port, as a transport
 * of signal-hub. Depends on the hub and on {@code jdk.httpserver} alone.
 */
module io.github.signalhub.jdkserver {
  requires transitive io.github.signalhub;
  requires transitive jdk.httpserver;
  requires static org.jspecify;

  exports io.github.signalhub.jdkserver;
}
