package io.github.signalhub.internal.admission;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** The addresses of trusted proxies. Immutable. */
public final class TrustedProxies {
  /** No proxy is trusted. */
  public static final TrustedProxies NONE = new TrustedProxies(List.of(), ProxyField.UNKNOWN);

  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  /** A text that the platform parses as an address without a name server. */
  private static final Pattern LITERAL =
      Pattern.compile(OCTET + "(\\." + OCTET + "){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private final List<Range> ranges;
  private final ProxyField field;

  private TrustedProxies(List<Range> ranges, ProxyField field) {
    this.ranges = ranges;
    this.field = field;
  }

  /**
   * Reads addresses and ranges of them.
   *
   * @param ranges such as {@code 127.0.0.1}, {@code 10.0.0.0/8} or {@code fd00::/8}
   * @throws IllegalArgumentException if one is none of these; names are not
   */
  public static TrustedProxies of(Collection<String> ranges) {
    List<Range> read = new ArrayList<>();
    for (String range : ranges) {
      read.add(Range.parse(range));
    }
    return new TrustedProxies(List.copyOf(read), ProxyField.UNKNOWN);
  }

  /** Returns the same addresses with another field. */
  public TrustedProxies writing(ProxyField field) {
    return new TrustedProxies(ranges, requireNonNull(field, "field"));
  }

  /** Returns which field they write. */
  ProxyField field() {
    return field;
  }

  /**
   * Returns whether this address is one of a trusted proxy.
   *
   * @param address {@code null} if it is not known, which is no trusted proxy
   */
  public boolean contains(InetAddress address) {
    if (address == null) {
      return false;
    }
    for (Range range : ranges) {
      if (range.contains(address.getAddress())) {
        return true;
      }
    }
    return false;
  }

  /** Parses an address; {@code null} if the text is none. Names are not looked up. */
  static InetAddress parseAddress(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private record Range(byte[] prefix, int bits) {
    static Range parse(String text) {
      int slash = text.indexOf('/');
      InetAddress address = parseAddress(slash < 0 ? text : text.substring(0, slash));
      String length = slash < 0 ? "" : text.substring(slash + 1);
      if (address == null || (slash >= 0 && !length.matches("\\d{1,3}"))) {
        throw invalid(text);
      }
      byte[] prefix = address.getAddress();
      int bits = slash < 0 ? prefix.length * Byte.SIZE : Integer.parseInt(length);
      if (bits > prefix.length * Byte.SIZE) {
        throw invalid(text);
      }
      return new Range(prefix, bits);
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += Byte.SIZE) {
        int at = bit / Byte.SIZE;
        int mask = 0xFF << Math.max(0, Byte.SIZE - (bits - bit));
        if (((prefix[at] ^ address[at]) & mask & 0xFF) != 0) {
          return false;
        }
      }
      return true;
    }

    private static IllegalArgumentException invalid(String text) {
      return new IllegalArgumentException(
          "expected trustedProxies such as 10.0.0.0/8, was " + text);
    }
  }
}
