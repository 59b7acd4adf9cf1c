package io.github.signalhub.jdkserver.internal.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The header by which a proxy names its client before the first byte of a connection. It is that of
 * version 2 of HAProxy's PROXY protocol. Immutable.
 *
 * @param client the client's address; empty if the connection is the proxy's own, such as a health
 *     check, or the client has no address of the internet
 * @param encrypted whether the client uses TLS to the proxy
 */
public record ProxyHeader(Optional<InetSocketAddress> client, boolean encrypted) {
  /** So many bytes are there in any case. They tell how many there are in all. */
  static final int FIRST_BYTES = 16;

  /** The most bytes of a header. Addresses take 36, and the rest is of extensions. */
  static final int MAX_BYTES = 4096;

  private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
  private static final int VERSION = 0x20;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int TCP_4 = 0x11;
  private static final int TCP_6 = 0x21;
  private static final int CHECKSUM = 0x03; // the types of extensions
  private static final int TLS = 0x20;
  private static final int CLIENT_USES_TLS = 0x01;

  /**
   * Returns how many bytes a header has in all.
   *
   * @param first its first {@link #FIRST_BYTES} bytes
   * @throws IOException if it is no such header, or too long
   */
  static int length(byte[] first) throws IOException {
    if (!Arrays.equals(SIGNATURE, 0, SIGNATURE.length, first, 0, SIGNATURE.length)
        || (first[12] & 0xF0) != VERSION) {
      throw new IOException("expected version 2 of the PROXY protocol, as the option demands");
    }
    int length = FIRST_BYTES + (ByteBuffer.wrap(first).getShort(14) & 0xFFFF);
    if (length > MAX_BYTES) {
      throw new IOException(
          "expected a PROXY header of at most " + MAX_BYTES + " bytes, was " + length);
    }
    return length;
  }

  /**
   * Reads a header.
   *
   * @throws IOException if it is malformed, or damaged by its own checksum
   */
  static ProxyHeader parse(byte[] header) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(header).position(12);
    int command = in.get() & 0x0F;
    int family = in.get() & 0xFF;
    in.position(FIRST_BYTES);
    if (command == LOCAL) {
      return new ProxyHeader(Optional.empty(), false);
    } else if (command != PROXY) {
      throw new IOException("expected a command of the PROXY protocol, was " + command);
    }
    Optional<InetSocketAddress> client =
        switch (family) {
          case TCP_4 -> Optional.of(client(in, 4));
          case TCP_6 -> Optional.of(client(in, 16));
          default -> Optional.empty();
        };
    boolean mayHaveExtensions = client.isPresent(); // the length of other addresses is unknown
    return new ProxyHeader(client, mayHaveExtensions && readExtensions(in, header));
  }

  private static InetSocketAddress client(ByteBuffer in, int bytes) throws IOException {
    if (in.remaining() < 2 * bytes + 4) {
      throw new IOException("expected two addresses in a PROXY header");
    }
    byte[] address = new byte[bytes];
    in.get(address).position(in.position() + bytes); // the second one is the proxy's own
    int port = in.getShort() & 0xFFFF;
    in.getShort();
    return new InetSocketAddress(address(address), port);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address has 4 or 16 bytes", e);
    }
  }

  /** Returns whether the client uses TLS. */
  private static boolean readExtensions(ByteBuffer in, byte[] header) throws IOException {
    boolean encrypted = false;
    while (in.hasRemaining()) {
      if (in.remaining() < 3) {
        throw new IOException("expected an extension in a PROXY header");
      }
      int type = in.get() & 0xFF;
      int length = in.getShort() & 0xFFFF;
      if (in.remaining() < length || length < (type == CHECKSUM ? 4 : type == TLS ? 1 : 0)) {
        throw new IOException("expected another length of an extension, was " + length);
      }
      int value = in.position();
      if (type == CHECKSUM) {
        check(header, value);
      } else if (type == TLS) {
        encrypted = (header[value] & CLIENT_USES_TLS) != 0;
      }
      in.position(value + length);
    }
    return encrypted;
  }

  /** Compares the checksum at a position with that of the header, in which it counts as 0. */
  private static void check(byte[] header, int position) throws IOException {
    byte[] counted = header.clone();
    Arrays.fill(counted, position, position + 4, (byte) 0);
    CRC32C checksum = new CRC32C();
    checksum.update(counted);
    if ((int) checksum.getValue() != ByteBuffer.wrap(header).getInt(position)) {
      throw new IOException("expected another checksum of a PROXY header");
    }
  }
}
