package io.github.signalhub.internal.session;

import java.util.Map;

/**
 * A control message that answers the peer, or comes as often as the peer likes.
 *
 * @param type its type, which begins with {@code $}
 * @param payload its payload; not modified any more
 */
record Answer(String type, Map<String, Object> payload) implements Control {
  @Override
  public byte[] json() {
    return Control.encode(type, payload);
  }

  @Override
  public boolean isAnswer() {
    return true;
  }
}
