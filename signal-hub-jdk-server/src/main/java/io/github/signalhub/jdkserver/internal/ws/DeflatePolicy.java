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
 * Which offers of permessage-deflate (RFC 7692) a server accepts at the moment. The server answers
 * {@code client_no_context_takeover} only to clients that offer it: the RFC lets it ask all clients
 * (§7.1.1.2), but many clients fail on an answer that they did not offer, or ignore it.
 *
 * <p>What the server sends is the same under all: every message is compressed by itself, so that
 * one compressed form serves all clients.
 */
public enum DeflatePolicy {
  /** None. */
  OFF,

  /**
   * Those of clients that compress each message by itself. Such a client costs no memory between
   * its messages.
   */
  WITHOUT_WINDOW,

  /**
   * All that are valid. A client that does not offer to compress each message by itself may refer
   * back to its earlier messages, the last 32 KiB of which are kept while it is connected.
   */
  ANY_OFFER;

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
   * value that it cannot have, or two of the same name. Every other offer is valid; it is declined
   * if it needs a window and there is none.
   */
  private Optional<DeflateParameters> accept(ExtensionOffer offer) {
    boolean clientNoContextTakeover = false;
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
    return clientNoContextTakeover || this == ANY_OFFER
        ? Optional.of(new DeflateParameters(clientNoContextTakeover, serverMaxWindowBits))
        : Optional.empty();
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
