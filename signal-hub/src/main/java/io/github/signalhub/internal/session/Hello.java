package io.github.signalhub.internal.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code $hello}: the first message to a client that asked for control messages.
 *
 * @param clientId the client's id
 * @param start behind which id the client begins
 * @param resumed whether it goes on where it said, without a gap
 * @param topics the names of the topics that it follows
 * @param syncMs how often to expect {@code $sync}, in milliseconds; 0: never
 * @param catchUps the topics that begin elsewhere, each with the id to begin behind
 */
record Hello(
    String clientId,
    String start,
    boolean resumed,
    List<String> topics,
    long syncMs,
    Map<String, String> catchUps)
    implements Control {
  @Override
  public byte[] json() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("clientId", clientId);
    payload.put("id", start);
    payload.put("resumed", resumed);
    payload.put("topics", topics);
    payload.put("syncMs", syncMs);
    if (!catchUps.isEmpty()) {
      payload.put("catchUps", catchUps);
    }
    return Control.encode("$hello", payload);
  }
}
