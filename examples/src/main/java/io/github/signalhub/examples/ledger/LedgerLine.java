package io.github.signalhub.examples.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.json.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An entry as one line of the file. The line is a JSON object. Its last member is the CRC-32C of
 * all bytes before that member. So every line is ordinary JSON, and a reader can check that it is
 * whole.
 */
final class LedgerLine {
  /** The longest line in bytes. Entries are far shorter, so a longer line is damage. */
  static final int MAX_BYTES = 16 * 1024;

  private static final String CHECKSUM_MEMBER = ",\"crc32c\":\"";
  private static final int SUFFIX_BYTES = CHECKSUM_MEMBER.length() + 8 + "\"}".length();

  private LedgerLine() {}

  /** Returns the line with its line feed. */
  static byte[] encode(LedgerEntry entry) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("entryId", entry.entryId());
    members.put("flowId", entry.flowId());
    members.put("description", entry.description());
    members.put("amount", entry.amount().toPlainString());
    members.put("currency", entry.currency());
    members.put("timestamp", entry.timestamp().toString());
    String json = Json.write(members);
    String covered = json.substring(0, json.length() - 1); // without its closing brace
    return (covered + suffix(checksum(covered.getBytes(UTF_8))) + "\n").getBytes(UTF_8);
  }

  /**
   * Returns the entry of a line given without its line feed.
   *
   * @throws DamagedLineException if the checksum or a member is missing or wrong
   */
  static LedgerEntry decode(byte[] line) throws DamagedLineException {
    int coveredBytes = line.length - SUFFIX_BYTES;
    if (coveredBytes <= 0) {
      throw new DamagedLineException("it has no checksum");
    }
    byte[] covered = Arrays.copyOf(line, coveredBytes);
    byte[] suffix = Arrays.copyOfRange(line, coveredBytes, line.length);
    if (!Arrays.equals(suffix, suffix(checksum(covered)).getBytes(UTF_8))) {
      throw new DamagedLineException("its checksum does not match");
    }
    try {
      Map<?, ?> members = (Map<?, ?>) Json.parse(new String(line, UTF_8));
      return new LedgerEntry(
          ((Number) members.get("entryId")).longValue(),
          ((Number) members.get("flowId")).longValue(),
          (String) members.get("description"),
          new BigDecimal((String) members.get("amount")),
          (String) members.get("currency"),
          Instant.parse((String) members.get("timestamp")));
    } catch (IllegalArgumentException
        | ClassCastException
        | NullPointerException
        | DateTimeException e) {
      throw new DamagedLineException("it is no ledger entry"); // checksummed by another program
    }
  }

  private static String suffix(long checksum) {
    return CHECKSUM_MEMBER + HexFormat.of().toHexDigits(checksum, 8) + "\"}";
  }

  private static long checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return crc.getValue();
  }

  /** Thrown for a line that is not as it was written. The message gives the reason. */
  static final class DamagedLineException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedLineException(String message) {
      super(message);
    }
  }
}
