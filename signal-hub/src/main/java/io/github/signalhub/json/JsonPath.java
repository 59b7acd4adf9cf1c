package io.github.signalhub.json;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in a value, as a query of JSONPath (RFC 9535) of bounded length, such as {@code
 * $.lines[3]['a key']}. Not thread-safe.
 */
final class JsonPath {
  private static final int MAX_STEPS = 16;
  private static final int MAX_KEY_CHARS = 40;

  private final List<Object> steps = new ArrayList<>();

  /** Goes to a place within this one; one of the methods below says which. */
  void enter() {
    steps.add(0);
  }

  void component(String name) {
    steps.set(steps.size() - 1, name);
  }

  void key(String key) {
    steps.set(steps.size() - 1, new Key(key));
  }

  void index(int index) {
    steps.set(steps.size() - 1, index);
  }

  void leave() {
    steps.remove(steps.size() - 1);
  }

  int depth() {
    return steps.size();
  }

  @Override
  public String toString() {
    StringBuilder path = new StringBuilder("$");
    for (Object step : steps.subList(0, Math.min(MAX_STEPS, steps.size()))) {
      if (step instanceof String component) {
        path.append('.').append(component);
      } else if (step instanceof Key key) {
        path.append("['").append(printable(key.name)).append("']");
      } else {
        path.append('[').append(step).append(']');
      }
    }
    return path.append(steps.size() > MAX_STEPS ? " and deeper" : "").toString();
  }

  /** Keys come from anywhere, and an error may be logged: no controls, no quotes, no novels. */
  private static String printable(String key) {
    StringBuilder printable = new StringBuilder();
    key.codePoints()
        .limit(MAX_KEY_CHARS)
        .map(c -> Character.isLetterOrDigit(c) || c >= ' ' && c <= '~' && c != '\'' ? c : '?')
        .forEach(printable::appendCodePoint);
    return printable.toString();
  }

  private record Key(String name) {}
}
