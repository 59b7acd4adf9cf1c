package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Converts between hex digits and bytes for tests. */
final class Wire {
  /** Chunk sizes for a stream of bytes. The last one means no cut. */
  static final int[] CHUNKS = {1, 2, 3, 7, 14, Integer.MAX_VALUE};

  private Wire() {}

  /** Returns the bytes of these hex digits. Blanks are ignored. */
  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(bytes(hex));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Returns a frame as a client sends it, masked with 37 fa 21 3d as in RFC 6455 §5.7. */
  static byte[] frame(int firstByte, byte[] payload) {
    byte[] key = {0x37, (byte) 0xFA, 0x21, 0x3D};
    ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
    out.put((byte) firstByte);
    if (payload.length <= 125) {
      out.put((byte) (0x80 | payload.length));
    } else if (payload.length <= 0xFFFF) {
      out.put((byte) 0xFE).putShort((short) payload.length);
    } else {
      out.put((byte) 0xFF).putLong(payload.length);
    }
    out.put(key);
    for (int i = 0; i < payload.length; i++) {
      out.put((byte) (payload[i] ^ key[i % 4]));
    }
    byte[] frame = new byte[out.position()];
    out.flip().get(frame);
    return frame;
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      out.put(part);
    }
    return out.array();
  }
}
