package io.github.signalhub.internal.log;

/**
 * The decimal digits of a counting offset, kept as text: counting up touches one digit nine times
 * out of ten, where converting would divide sixteen times under the log's lock. Guarded by that
 * lock.
 */
final class OffsetDigits {
  private final byte[] digits = new byte[MessageId.OFFSET_DIGITS];

  OffsetDigits() {
    write(0, digits);
  }

  /** Writes an offset with leading zeros. */
  static void write(long offset, byte[] into) {
    long rest = offset;
    for (int i = into.length - 1; i >= 0; i--) {
      into[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /** Counts up by one. */
  void increment() {
    int i = digits.length - 1;
    while (digits[i] == '9') {
      digits[i--] = '0';
    }
    digits[i]++;
  }

  /** Copies the digits to {@code into} from {@code index} on. */
  void copyTo(byte[] into, int index) {
    System.arraycopy(digits, 0, into, index, digits.length);
  }
}
