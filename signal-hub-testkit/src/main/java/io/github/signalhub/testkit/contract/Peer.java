package io.github.signalhub.testkit.contract;

import io.github.signalhub.connection.DisconnectReason;
import java.util.List;
import java.util.OptionalInt;

/** The far end of one link, as the contract drives it. No method waits for the hub. Thread-safe. */
public interface Peer {
  /** Returns the complete text messages that arrived so far, oldest first; a snapshot. */
  List<String> received();

  /** Stops reading until {@link #resume}. At some point, the transport cannot write any more. */
  void stall();

  /** Reads again. */
  void resume();

  /** Sends a text message. If it cannot be written now, it is written later, in order. */
  void send(String text);

  /** Sends a binary message, in order with the texts. */
  void sendBinary(byte[] bytes);

  /**
   * Returns how many messages given to {@link #send} have not left this peer, because the hub does
   * not read. Messages in the buffers of a network are not counted.
   */
  int unsent();

  /** Closes the link with this reason. */
  void close(DisconnectReason reason);

  /** Breaks the link without a close. */
  void cut();

  /**
   * Returns the code with which the hub closed the link, 1006 if it was cut; empty while it is
   * open. The result is unspecified after {@link #close} and {@link #cut}.
   */
  OptionalInt closeCode();
}
