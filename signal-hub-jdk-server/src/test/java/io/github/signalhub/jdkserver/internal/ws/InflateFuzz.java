package io.github.signalhub.jdkserver.internal.ws;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Fuzz target: any bytes as the payload of a compressed message, sent twice. The protocol throws no
 * exception. Every division into packets and fragments gives the same events. No delivered message
 * is longer than the limit. A separate inflater gets each delivered message from the same bytes.
 */
public final class InflateFuzz {
  private static final WebSocketLimits LIMITS = new WebSocketLimits(2_000, 1_000);

  private InflateFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    byte[] payload = Arrays.copyOfRange(data, 1, data.length);
    int fragment = 1 + (data[0] & 0x3F);
    try (PermessageDeflate deflate = new PermessageDeflate(1)) {
      List<String> whole = receive(deflate, payload, payload.length + 1, Integer.MAX_VALUE);
      List<String> cut = receive(deflate, payload, payload.length + 1, 1 + (data[0] & 0x7));
      if (!whole.equals(cut)) {
        throw new AssertionError("cut into packets: " + cut + ", whole: " + whole);
      }
      if (payload.length / fragment < LIMITS.maxFragments() - 1) {
        List<String> fragments = receive(deflate, payload, fragment, Integer.MAX_VALUE);
        if (!kinds(whole).equals(kinds(fragments))) {
          throw new AssertionError("in fragments: " + fragments + ", whole: " + whole);
        }
      }
      if (whole.get(0).startsWith("binary ")
          && !whole.get(0).startsWith("binary " + Wire.hex(inflate(payload)))) {
        throw new AssertionError("inflated differently: " + whole);
      }
    }
  }

  /** Returns the kinds of events. A fault may come at another place, but must be the same. */
  private static List<String> kinds(List<String> events) {
    return events.stream().map(e -> e.startsWith("failed") ? e.substring(0, 11) : e).toList();
  }

  private static List<String> receive(
      PermessageDeflate deflate, byte[] payload, int fragment, int chunk) {
    RecordingPeer peer =
        new RecordingPeer(LIMITS, deflate, new DeflateParameters(true, OptionalInt.empty()));
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    int from = 0;
    do {
      int to = Math.min(payload.length, from + fragment);
      int firstByte = (from == 0 ? 0x42 : 0x00) | (to == payload.length ? 0x80 : 0x00);
      wire.writeBytes(Wire.frame(firstByte, Arrays.copyOfRange(payload, from, to)));
      from = to;
    } while (from < payload.length);
    peer.receives(chunk, wire.toByteArray());
    peer.receives(chunk, wire.toByteArray());
    peer.protocol.close();
    for (String event : peer.events) {
      if (event.length() > 2 * LIMITS.maxMessageBytes() + 7) {
        throw new AssertionError("beyond the limit: " + event.length());
      }
    }
    return peer.events;
  }

  /** Returns the inflated bytes up to a final block. Other blocks may follow it (§7.2.3.4). */
  private static byte[] inflate(byte[] payload) {
    Inflater inflater = new Inflater(true);
    try {
      byte[] in = Arrays.copyOf(payload, payload.length + 4);
      in[payload.length + 2] = -1;
      in[payload.length + 3] = -1;
      inflater.setInput(in);
      byte[] out = new byte[2 * LIMITS.maxMessageBytes()];
      return Arrays.copyOf(out, inflater.inflate(out));
    } catch (DataFormatException e) {
      return "no DEFLATE".getBytes();
    } finally {
      inflater.end();
    }
  }
}
