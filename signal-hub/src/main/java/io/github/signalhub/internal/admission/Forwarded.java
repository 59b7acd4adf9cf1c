package io.github.signalhub.internal.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One proxy's element of {@code Forwarded} (RFC 7239 §4). Immutable.
 *
 * @param client the value of {@code for}, unquoted; empty if there is none
 * @param proto the value of {@code proto}, unquoted; empty if there is none
 * @param host the value of {@code host}, unquoted; empty if there is none
 */
record Forwarded(String client, String proto, String host) {
  /**
   * Reads the field's lines: {@code for=192.0.2.43;proto=https, for="[2001:db8::17]:4711"}.
   *
   * @throws IllegalArgumentException if a quoted string has no end or a pair has no {@code =}: then
   *     the elements cannot be told apart
   */
  static List<Forwarded> parse(List<String> lines) {
    List<Forwarded> elements = new ArrayList<>();
    for (String line : lines) {
      for (String element : split(line, ',')) {
        if (!element.isEmpty()) {
          elements.add(parseElement(element));
        }
      }
    }
    return elements;
  }

  private static Forwarded parseElement(String element) {
    String client = "";
    String proto = "";
    String host = "";
    for (String pair : split(element, ';')) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty() && equals < 0) {
        throw malformed();
      }
      String name = pair.substring(0, Math.max(equals, 0)).toLowerCase(Locale.ROOT);
      String value = unquote(pair.substring(equals + 1));
      client = name.equals("for") ? value : client;
      proto = name.equals("proto") ? value : proto;
      host = name.equals("host") ? value : host;
    }
    return new Forwarded(client, proto, host);
  }

  /** Splits at a separator, but not inside of quoted strings; trims the parts. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i).trim());
        start = i + 1;
      }
    }
    if (quoted) {
      throw malformed();
    }
    parts.add(text.substring(start).trim());
    return parts;
  }

  private static String unquote(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException("Forwarded is malformed (RFC 7239 §4)");
  }
}
