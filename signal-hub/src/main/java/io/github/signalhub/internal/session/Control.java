package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A control message that waits to be sent to one session. It is not in the log: its text is made
 * when it is taken, so that it says what is true then. Confined to the session's loop.
 */
interface Control {
  /** Returns the message's JSON text in UTF-8. Called once. */
  byte[] json();

  /** Returns whether it answers the peer, so that a peer that does not read is not read from. */
  default boolean isAnswer() {
    return false;
  }

  /** Returns the text of a control message. */
  static byte[] encode(String type, Map<String, Object> payload) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("type", type);
    message.put("payload", payload);
    return Json.writeBytes(message);
  }

  /** Returns a payload that names a topic, unless it is one whose name peers never see. */
  static Map<String, Object> payload(Topic topic) {
    Map<String, Object> payload = new LinkedHashMap<>();
    if (!topic.isInternal()) {
      payload.put("topic", topic.name());
    }
    return payload;
  }
}
