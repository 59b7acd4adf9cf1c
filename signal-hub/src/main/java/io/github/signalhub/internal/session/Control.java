package io.github.signalhub.internal.session;

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

  /** Returns the text of a control message. */
  static byte[] encode(String type, Map<String, Object> payload) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("type", type);
    message.put("payload", payload);
    return Json.writeBytes(message);
  }
}
