package io.github.signalhub.spi;

/** A limit of one client that its carrier keeps. The hub counts the clients that reach it. */
public enum ClientLimit {
  /** The client did not answer a ping in time, and is cut: {@link LinkTimeouts#pong}. */
  PONG("pong"),

  /** The client takes nothing of what waits for it, and is cut: {@link LinkTimeouts#write}. */
  WRITE("write"),

  /** The client did not end in time after the goodbye, and is cut: {@link LinkTimeouts#close}. */
  CLOSE("close"),

  /** The client's message is longer than {@link Registrar#maxClientMessageBytes}. */
  MESSAGE_BYTES("maxClientMessageBytes"),

  /**
   * The rest of the client's message comes too slowly: {@link
   * CallbackTransport.Builder#minMessageBytesPerSecond}.
   */
  MESSAGE_RATE("minMessageBytesPerSecond"),

  /**
   * Too much of the client waits for the hub: {@link CallbackLink#MAX_WAITING_BYTES} or {@link
   * CallbackLink#MAX_WAITING_MESSAGES}.
   */
  WAITING_MESSAGES("waitingMessages");

  private final String label;

  ClientLimit(String label) {
    this.label = label;
  }

  /** Returns the name of the limit, as metrics have it. */
  public String label() {
    return label;
  }
}
