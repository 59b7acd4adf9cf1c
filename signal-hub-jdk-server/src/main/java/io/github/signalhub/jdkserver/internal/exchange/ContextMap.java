package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.HttpContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the context of a path: the one whose path is its longest prefix. Prefixes are literal and
 * case-sensitive, as {@link com.sun.net.httpserver.HttpServer} documents. So {@code /apps} also
 * serves {@code /appstore}, but {@code /apps/} does not. Thread-safe.
 */
final class ContextMap {
  private final Map<String, HubHttpContext> contexts = new ConcurrentHashMap<>();

  void add(HubHttpContext context) {
    if (contexts.putIfAbsent(context.getPath(), context) != null) {
      throw new IllegalArgumentException("there is a context for " + context.getPath());
    }
  }

  void remove(String path) {
    if (contexts.remove(path) == null) {
      throw new IllegalArgumentException("there is no context for " + path);
    }
  }

  /**
   * Removes a context.
   *
   * @throws IllegalArgumentException if it is not one of these contexts, or was removed before
   */
  void remove(HttpContext context) {
    if (!contexts.remove(context.getPath(), context)) {
      throw new IllegalArgumentException("this is no context of the server");
    }
  }

  /** Returns whether there is a context of exactly this path. */
  boolean has(String path) {
    return contexts.containsKey(path);
  }

  /**
   * Returns the context of a path. Compares every context once, because there are few, and the peer
   * decides how long its path is.
   */
  Optional<HubHttpContext> find(String path) {
    HubHttpContext longest = null;
    for (HubHttpContext each : contexts.values()) {
      if (path.startsWith(each.getPath())
          && (longest == null || each.getPath().length() > longest.getPath().length())) {
        longest = each;
      }
    }
    return Optional.ofNullable(longest);
  }
}
