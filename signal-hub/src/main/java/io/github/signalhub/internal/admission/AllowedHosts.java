package io.github.signalhub.internal.admission;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The host names that a request may ask for. They protect a server that relies on its network from
 * DNS rebinding: a page gives its own name the address of the server. For the browser it then has
 * the same origin, but the request still names the page's host. An IP address and {@code localhost}
 * cannot be rebound, so they are always allowed. Immutable but for the host that was admitted last.
 * Thread-safe.
 */
public final class AllowedHosts {
  /** Every name. */
  public static final AllowedHosts ANY = new AllowedHosts(true, Set.of(), List.of());

  /** Only {@code localhost} and IP addresses. */
  public static final AllowedHosts LOCAL = of(List.of());

  private static final Pattern NAME =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private final boolean any;
  private final Set<String> names;
  private final List<String> suffixes; // with their dots
  private volatile String latest = ""; // admitted; most requests name the same host

  private AllowedHosts(boolean any, Set<String> names, List<String> suffixes) {
    this.any = any;
    this.names = names;
    this.suffixes = suffixes;
  }

  /**
   * Allows these names, besides {@code localhost} and IP addresses.
   *
   * @param names such as {@code example.com}, or {@code *.example.com} for all of its subdomains;
   *     without a port
   * @throws IllegalArgumentException if one is no name
   */
  public static AllowedHosts of(Collection<String> names) {
    Set<String> exact = new HashSet<>(Set.of("localhost"));
    List<String> suffixes = new ArrayList<>();
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "expected allowedHosts such as example.com or *.example.com, without a port, was "
                + name);
      }
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith("*")) {
        suffixes.add(lower.substring(1));
      } else {
        exact.add(lower);
      }
    }
    return new AllowedHosts(false, Set.copyOf(exact), List.copyOf(suffixes));
  }

  /**
   * Returns whether a request may be for this host.
   *
   * @param hostField the value of its {@code Host}; empty if it has none, which no browser sends
   */
  public boolean admits(String hostField) {
    if (any || hostField.isEmpty() || hostField.equals(latest)) {
      return true;
    }
    String name = name(hostField);
    boolean admitted =
        names.contains(name)
            || suffixes.stream().anyMatch(name::endsWith)
            || TrustedProxies.parseAddress(name) != null;
    if (admitted) {
      latest = hostField;
    }
    return admitted;
  }

  /** Returns the name alone: without port, brackets and the dot at its end, in lower case. */
  static String name(String hostField) {
    if (hostField.startsWith("[")) {
      int end = hostField.indexOf(']');
      return end < 0 ? hostField : hostField.substring(1, end);
    }
    int colon = hostField.indexOf(':');
    String name = colon < 0 ? hostField : hostField.substring(0, colon);
    return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name)
        .toLowerCase(Locale.ROOT);
  }
}
