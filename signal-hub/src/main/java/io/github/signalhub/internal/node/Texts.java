package io.github.signalhub.internal.node;

import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonException;
import java.util.ArrayList;
import java.util.List;

/** Reads arrays of texts, as nodes exchange them in JSON. Stateless, so thread-safe. */
final class Texts {
  private Texts() {}

  /**
   * Returns the texts, of which any may be {@code null}.
   *
   * @throws IllegalArgumentException if it is no JSON array of texts
   */
  static List<String> parse(byte[] utf8) {
    List<String> texts = new ArrayList<>();
    try {
      for (Object text : (List<?>) Json.parse(utf8)) {
        texts.add((String) text);
      }
    } catch (JsonException | ClassCastException | NullPointerException e) {
      throw new IllegalArgumentException("expected a JSON array of texts", e);
    }
    return texts;
  }
}
