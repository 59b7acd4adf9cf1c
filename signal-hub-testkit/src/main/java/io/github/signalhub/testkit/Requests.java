package io.github.signalhub.testkit;

import io.github.signalhub.json.Json;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The unanswered requests of a client, by {@code ref}. Confined to the test's thread. */
final class Requests {
  private final Map<String, String> unanswered = new LinkedHashMap<>();
  private int refs;

  /** Returns the text of a message without a {@code ref}. */
  static String text(String type, Object payload) {
    return Json.write(message(type, payload));
  }

  /** Adds a message of the application. Its {@code ref} stands beside its type. */
  String add(String type, Object payload) {
    Map<String, Object> message = message(type, payload);
    return add(message, message);
  }

  /** Adds a control message. Its {@code ref} stands in its payload. */
  String addControl(String type, Map<String, Object> payload) {
    Map<String, Object> referred = new LinkedHashMap<>(payload);
    return add(message(type, referred), referred);
  }

  /** Returns the text of the request with a {@code ref}. */
  String text(String ref) {
    return unanswered.get(ref);
  }

  /** Removes the request with this {@code ref}; does nothing if there is none. */
  void answered(Object ref) {
    unanswered.remove(ref);
  }

  /** Returns the texts of all unanswered requests, oldest first; a snapshot. */
  Collection<String> texts() {
    return List.copyOf(unanswered.values());
  }

  private String add(Map<String, Object> message, Map<String, Object> place) {
    String ref = "r" + ++refs;
    place.put("ref", ref);
    unanswered.put(ref, Json.write(message));
    return ref;
  }

  private static Map<String, Object> message(String type, Object payload) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("type", Objects.requireNonNull(type, "type"));
    message.put("payload", payload);
    return message;
  }
}
