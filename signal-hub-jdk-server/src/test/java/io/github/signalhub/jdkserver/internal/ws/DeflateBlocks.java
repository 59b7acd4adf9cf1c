package io.github.signalhub.jdkserver.internal.ws;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the form of raw DEFLATE data (RFC 1951): its blocks and its distances. Slow, simple, and
 * independent of the code that it checks.
 */
final class DeflateBlocks {
  private static final int[] CODE_LENGTH_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };
  private static final int[] LENGTH_EXTRA = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
  };

  private final byte[] data;
  private int bit;
  private int farthest;
  private final List<Integer> types = new ArrayList<>();

  private DeflateBlocks(byte[] data) {
    this.data = data;
  }

  /** Returns the largest distance of a back reference in an RFC 7692 payload; 0 if none. */
  static int farthestReference(byte[] payload) {
    return read(payload).farthest;
  }

  /** Returns the types of its blocks: 0 stored, 1 with fixed codes, 2 with dynamic codes. */
  static List<Integer> types(byte[] payload) {
    return read(payload).types;
  }

  private static DeflateBlocks read(byte[] payload) {
    DeflateBlocks blocks = new DeflateBlocks(Wire.join(payload, Wire.bytes("0000ffff")));
    while (blocks.bit < blocks.data.length * 8) {
      blocks.block();
    }
    return blocks;
  }

  private void block() {
    bits(1);
    int type = bits(2);
    types.add(type);
    switch (type) {
      case 0 -> {
        bit = (bit + 7) / 8 * 8;
        int length = bits(16);
        if (bits(16) != (~length & 0xFFFF)) {
          throw new IllegalStateException("a stored block whose lengths do not agree");
        }
        bit += 8 * length;
      }
      case 1 -> {
        int[] literals = new int[288];
        for (int i = 0; i < 288; i++) {
          literals[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
        }
        int[] distances = new int[30];
        Arrays.fill(distances, 5);
        symbols(new Code(literals), new Code(distances));
      }
      case 2 -> ownCodes();
      default -> throw new IllegalStateException("a block of the reserved type");
    }
  }

  private void ownCodes() {
    int literals = bits(5) + 257;
    int distances = bits(5) + 1;
    int count = bits(4) + 4;
    int[] codeLengths = new int[19];
    for (int i = 0; i < count; i++) {
      codeLengths[CODE_LENGTH_ORDER[i]] = bits(3);
    }
    Code code = new Code(codeLengths);
    int[] lengths = new int[literals + distances];
    for (int i = 0; i < lengths.length; ) {
      int symbol = code.next();
      int value = symbol < 16 ? symbol : symbol == 16 ? lengths[i - 1] : 0;
      int repeat =
          symbol < 16 ? 1 : symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
      for (; repeat > 0; repeat--) {
        lengths[i++] = value;
      }
    }
    symbols(
        new Code(Arrays.copyOf(lengths, literals)),
        new Code(Arrays.copyOfRange(lengths, literals, lengths.length)));
  }

  private void symbols(Code literals, Code distances) {
    for (int symbol = literals.next(); symbol != 256; symbol = literals.next()) {
      if (symbol > 256) {
        bits(LENGTH_EXTRA[symbol - 257]);
        int distance = distances.next();
        int extra = Math.max(0, distance / 2 - 1);
        int base = distance < 2 ? distance + 1 : ((2 + distance % 2) << extra) + 1;
        farthest = Math.max(farthest, base + bits(extra));
      }
    }
  }

  private int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++, bit++) {
      value |= (data[bit / 8] >> bit % 8 & 1) << i;
    }
    return value;
  }

  /** A canonical Huffman code (RFC 1951 §3.2.2). */
  private final class Code {
    private final int[] lengths;

    Code(int[] lengths) {
      this.lengths = lengths;
    }

    int next() {
      int code = 0;
      int first = 0;
      for (int length = 1; length <= 15; length++) {
        code = code << 1 | bits(1);
        int rank = code - first;
        int ofLength = 0;
        for (int symbol = 0; symbol < lengths.length; symbol++) {
          if (lengths[symbol] == length && ofLength++ == rank) {
            return symbol;
          }
        }
        first = first + ofLength << 1;
      }
      throw new IllegalStateException("a code that stands for nothing");
    }
  }
}
