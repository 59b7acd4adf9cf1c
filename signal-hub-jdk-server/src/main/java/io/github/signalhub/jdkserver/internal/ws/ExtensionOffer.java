package io.github.signalhub.jdkserver.internal.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One member of {@code Sec-WebSocket-Extensions} (RFC 6455 §9.1): an extension that the client
 * offers. Immutable.
 *
 * @param name the extension's name, a token
 * @param parameters in their order; a name may be there more than once
 */
record ExtensionOffer(String name, List<Parameter> parameters) {
  /**
   * A parameter of an offer. Immutable.
   *
   * @param name a token
   * @param value a token, without the quotes if it had any
   */
  record Parameter(String name, Optional<String> value) {}

  ExtensionOffer {
    parameters = List.copyOf(parameters);
  }

  /**
   * Returns the offers of a field, over all of its lines and in their order; {@code
   * Optional.empty()} if a line breaks the grammar or there is no offer at all.
   */
  static Optional<List<ExtensionOffer>> parse(List<String> lines) {
    List<ExtensionOffer> offers = new ArrayList<>();
    for (String line : lines) {
      if (!new Parser(line).parse(offers)) {
        return Optional.empty();
      }
    }
    return offers.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(offers));
  }

  /**
   * Reads one line from left to right. As RFC 2616 §2.1 has it, which §9.1 refers to, blanks may
   * stand between any two parts, and members of a list may be empty.
   */
  private static final class Parser {
    private final String line;
    private int at;

    Parser(String line) {
      this.line = line;
    }

    boolean parse(List<ExtensionOffer> into) {
      while (true) {
        while (next(',')) {
          // an empty member
        }
        if (at == line.length()) {
          return true;
        }
        ExtensionOffer offer = offer();
        if (offer == null) {
          return false;
        }
        into.add(offer);
        if (!next(',')) {
          return at == line.length();
        }
      }
    }

    /** Reads an offer; {@code null} if there is none. */
    private ExtensionOffer offer() {
      String name = token();
      List<Parameter> parameters = new ArrayList<>();
      while (name != null && next(';')) {
        skipBlanks();
        String parameter = token();
        if (parameter == null) {
          return null;
        }
        Optional<String> value = Optional.empty();
        if (next('=')) {
          value = Optional.ofNullable(value());
          if (value.isEmpty()) {
            return null;
          }
        }
        parameters.add(new Parameter(parameter, value));
      }
      return name == null ? null : new ExtensionOffer(name, parameters);
    }

    private String value() {
      return next('"') ? restOfQuotedString() : token();
    }

    /** Reads behind an opening quote; {@code null} if what is quoted is no token. */
    private String restOfQuotedString() {
      StringBuilder value = new StringBuilder();
      while (at < line.length() && line.charAt(at) != '"') {
        if (line.charAt(at) == '\\' && ++at == line.length()) {
          return null;
        }
        value.append(line.charAt(at++));
      }
      boolean closed = at++ < line.length();
      return closed && FieldValues.isToken(value.toString()) ? value.toString() : null;
    }

    private String token() {
      int from = at;
      while (at < line.length() && FieldValues.isTokenChar(line.charAt(at))) {
        at++;
      }
      return from == at ? null : line.substring(from, at);
    }

    /** Skips blanks and, if it comes next, this character, with the blanks behind it. */
    private boolean next(char wanted) {
      skipBlanks();
      boolean found = at < line.length() && line.charAt(at) == wanted;
      if (found) {
        at++;
        if (wanted != '"') {
          skipBlanks(); // those behind an opening quote are quoted
        }
      }
      return found;
    }

    private void skipBlanks() {
      while (at < line.length() && FieldValues.isSpace(line.charAt(at))) {
        at++;
      }
    }
  }
}
