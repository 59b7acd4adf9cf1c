package io.github.signalhub.jdkserver.internal.capacity;

/**
 * The limits of a server that can be reached, by the names of their options. Limits without a
 * constant have no moment to count: beyond them something waits. Immutable.
 */
public enum Limit {
  MAX_CONNECTIONS("maxConnections"),
  MAX_CONNECTIONS_PER_ADDRESS("maxConnectionsPerAddress"),
  MAX_CONCURRENT_EXCHANGES("maxConcurrentExchanges"),
  MAX_BUFFERED_BYTES("maxBufferedBytes"),
  MAX_SLOW_PEERS("maxSlowPeers"),
  HANDLER_EXECUTOR("handlerExecutor"),
  HANDSHAKE_EXECUTOR("handshakeExecutor"),
  MAX_REQUEST_HEAD_BYTES("maxRequestHeadBytes"),
  MAX_REQUEST_BODY_BYTES("maxRequestBodyBytes"),
  MIN_REQUEST_BODY_BYTES_PER_SECOND("minRequestBodyBytesPerSecond"),
  HANDSHAKE_TIMEOUT("handshakeTimeout"),
  EXCHANGE_TIMEOUT("exchangeTimeout"),
  KEEP_ALIVE_TIMEOUT("keepAliveTimeout"),
  WRITE_TIMEOUT("writeTimeout"),
  MAX_CLIENT_MESSAGE_BYTES("maxClientMessageBytes"), // of the hub, but the server reads the message
  MAX_FRAGMENTS("maxFragments"),
  MIN_MESSAGE_BYTES_PER_SECOND("minMessageBytesPerSecond"),
  MAX_UNFINISHED_BYTES("maxUnfinishedBytes"),
  MAX_COMPRESSION_WINDOW_BYTES("maxCompressionWindowBytes");

  private final String option;

  Limit(String option) {
    this.option = option;
  }

  /** Returns the name of the option that sets this limit. */
  public String option() {
    return option;
  }
}
