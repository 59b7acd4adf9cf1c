package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.MessageId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code $hello}: the first message to a client that asked for control messages.
 *
 * @param clientId the client's id
 * @param start behind which message the client begins
 * @param resumed whether it goes on where it said, without a gap
 * @param topics the names of the topics that it follows
 */
record Hello(String clientId, MessageId start, boolean resumed, List<String> topics)
    implements Control {
  @Override
  public byte[] json() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("clientId", clientId);
    payload.put("id", start.toString());
    payload.put("resumed", resumed);
    payload.put("topics", topics);
    payload.put("syncMs", 0); // no $sync yet
    return Control.encode("$hello", payload);
  }
}
