package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.spi.WireForm;

/** A wire form of WebSocket links, which also knows binary messages. Thread-safe. */
public interface FrameForm extends WireForm {
  /**
   * Encodes a binary message as one frame; always quickly.
   *
   * @param bytes its payload; copied
   */
  byte[] encodeBinary(byte[] bytes);
}
