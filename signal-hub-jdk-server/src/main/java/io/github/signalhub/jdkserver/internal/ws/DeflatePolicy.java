package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.ws.ExtensionOffer.Parameter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a server agrees to permessage-deflate (RFC 7692), and what it asks of clients then. What
 * the server sends is the same under all: every message is compressed by itself, so that one
 * compressed form serves all clients.
 */
public enum DeflatePolicy {
  /** Declines every offer. */
  OFF,

  /**
   * Agrees, and has clients compress each message by itself as well. A client then costs no memory
   * between its messages; in return its short messages are a little longer.
   */
  NO_CONTEXT_TAKEOVER,

  /**
   * Agrees, and lets clients refer back to their earlier messages. Keeps the last 32 KiB of the
   * messages that a client sent compressed for as long as it is connected.
   */
  CLIENT_CONTEXT_TAKEOVER;

  private static final String EXTENSION = "permessage-deflate";
  private static final Pattern WINDOW_BITS = Pattern.compile("[89]|1[0-5]"); // §7.1.2: no 08

  /**
   * Returns what is agreed with a client: the first of its offers that can be accepted decides, the
   * others and other extensions are declined (§5, §7).
   */
  Optional<DeflateParameters> negotiate(List<ExtensionOffer> offers) {
    requireNonNull(offers, "offers");
    if (this == OFF) {
      return Optional.empty();
    }
    return offers.stream()
        .filter(offer -> offer.name().equals(EXTENSION))
        .map(this::accept)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * Accepts an offer, or declines it for one of the reasons of §7: an unknown parameter, one with a
   * value that it cannot have, or two of the same name. Every valid offer is accepted.
   */
  private Optional<DeflateParameters> accept(ExtensionOffer offer) {
    boolean clientNoContextTakeover = this == NO_CONTEXT_TAKEOVER; // asked for or not (§7.1.1.2)
    OptionalInt serverMaxWindowBits = OptionalInt.empty();
    Set<String> names = new HashSet<>();
    for (Parameter parameter : offer.parameters()) {
      if (!names.add(parameter.name()) || !isValid(parameter)) {
        return Optional.empty();
      }
      if (parameter.name().equals(DeflateParameters.CLIENT_NO_CONTEXT_TAKEOVER)) {
        clientNoContextTakeover = true;
      } else if (parameter.name().equals(DeflateParameters.SERVER_MAX_WINDOW_BITS)) {
        serverMaxWindowBits = OptionalInt.of(Integer.parseInt(parameter.value().orElseThrow()));
      }
    }
    return Optional.of(new DeflateParameters(clientNoContextTakeover, serverMaxWindowBits));
  }

  private static boolean isValid(Parameter parameter) {
    return switch (parameter.name()) {
      case DeflateParameters.SERVER_NO_CONTEXT_TAKEOVER,
          DeflateParameters.CLIENT_NO_CONTEXT_TAKEOVER ->
          parameter.value().isEmpty();
      case DeflateParameters.SERVER_MAX_WINDOW_BITS ->
          parameter.value().filter(DeflatePolicy::isWindowBits).isPresent();
      case DeflateParameters.CLIENT_MAX_WINDOW_BITS ->
          parameter.value().isEmpty() || isWindowBits(parameter.value().orElseThrow());
      default -> false;
    };
  }

  private static boolean isWindowBits(String value) {
    return WINDOW_BITS.matcher(value).matches();
  }
}
