package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.spi.WireForm;

/** The wire form of a WebSocket link's texts. It knows that of its binary messages. Thread-safe. */
public interface FrameForm extends WireForm {
  /** Returns the form of binary messages, which are compressed by the same rules as texts. */
  WireForm binary();
}
