package io.github.signalhub.internal.admission;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.logger.LogText;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Warns the operator about requests that a setting refuses, and names the setting that would admit
 * them. A browser tells its page nothing. Each name is logged once ({@link FirstTimes}).
 * Thread-safe.
 */
public final class Hints {
  private final HubLogger log;
  private final FirstTimes origins;
  private final FirstTimes hosts;
  private final FirstTimes proxies;

  /**
   * Starts without any hint logged.
   *
   * @param log where to write
   * @param nanoTime as {@link System#nanoTime}
   */
  public Hints(HubLogger log, LongSupplier nanoTime) {
    this.log = log;
    origins = new FirstTimes(nanoTime);
    hosts = new FirstTimes(nanoTime);
    proxies = new FirstTimes(nanoTime);
  }

  /** A page was refused for its origin. */
  public void originRefused(String origin, Requester requester, boolean namesAProxy) {
    String said = LogText.of(origin);
    if (!origins.isFirst(said)) {
      return;
    }
    StringBuilder hint = new StringBuilder("Refused a page of the origin \"").append(said);
    hint.append("\": it is not that of the request, which is for ")
        .append(asked(requester))
        .append('.');
    if (OriginPolicy.canAllow(origin)) {
      hint.append(" If its pages may connect, set allowedOrigins(\"").append(said).append("\").");
    } else {
      hint.append(" It is no origin, so only allowAnyOrigin() would admit it.");
    }
    if (namesAProxy) {
      hint.append(" If a proxy of yours changed the host, set trustedProxies(\"");
      hint.append(address(requester)).append("\").");
    }
    log.log(Level.WARNING, hint.toString());
  }

  /** A request was refused for its host. */
  public void hostRefused(String host) {
    String said = LogText.of(host);
    if (hosts.isFirst(said)) {
      log.log(
          Level.WARNING,
          "Refused a request for the host \""
              + said
              + "\": its name is not allowed. If it is a name of this server, set allowedHosts(\""
              + LogText.of(AllowedHosts.name(host))
              + "\").");
    }
  }

  /** The fields of a trusted proxy contradicted each other. */
  public void contradicted(Requester requester) {
    String proxy = address(requester);
    if (proxies.isFirst(proxy)) {
      log.log(
          Level.WARNING,
          "X-Forwarded-For and Forwarded from the proxy "
              + proxy
              + " name different clients, so neither is believed."
              + " Set proxyHeader to the one that the proxy writes.");
    }
  }

  private static String address(Requester requester) {
    InetAddress address = requester.address().getAddress(); // null: the carrier does not know it
    return address == null
        ? LogText.of(requester.address().getHostString())
        : address.getHostAddress();
  }

  private static String asked(Requester requester) {
    String scheme =
        switch (requester.scheme()) {
          case HTTP -> "http://";
          case HTTPS -> "https://";
          case UNKNOWN -> "";
        };
    return requester.hosts().stream()
        .map(host -> '"' + scheme + LogText.of(host) + '"')
        .collect(Collectors.joining(" or "));
  }
}
