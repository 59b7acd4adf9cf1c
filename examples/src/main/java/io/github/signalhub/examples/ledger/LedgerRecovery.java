package io.github.signalhub.examples.ledger;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.signalhub.examples.ledger.LedgerLine.DamagedLineException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads a ledger file from its beginning and checks every line.
 *
 * <p>An append is one write and one force, and no append follows an unforced one. So damage at the
 * very end is an interrupted append, which was never announced. It is set aside and cut off. For
 * damage at any other place, the ledger refuses to open.
 */
final class LedgerRecovery {
  private static final System.Logger LOG = System.getLogger(LedgerRecovery.class.getName());

  private final Path file;
  private final Consumer<LedgerEntry> entries;
  private long wholeBytes; // the end of the last good line
  private long lastEntryId;

  private LedgerRecovery(Path file, Consumer<LedgerEntry> entries) {
    this.file = file;
    this.entries = entries;
  }

  /**
   * Passes every entry to {@code entries}, cuts a torn last line off {@code channel} and returns
   * the remaining length, in bytes.
   *
   * @throws LedgerException if a line before the last one is damaged
   */
  static long recover(Path file, FileChannel channel, Consumer<LedgerEntry> entries)
      throws IOException {
    LedgerRecovery recovery = new LedgerRecovery(file, entries);
    recovery.scan();
    if (recovery.wholeBytes < channel.size()) {
      recovery.cut(channel);
    }
    return recovery.wholeBytes;
  }

  private void scan() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int lineNumber = 1; readLine(in, line); lineNumber++) {
        try {
          accept(LedgerLine.decode(line.toByteArray()));
        } catch (DamagedLineException e) {
          if (in.read() == -1) {
            return; // the last line: torn
          }
          throw new LedgerException(
              "line " + lineNumber + " of the ledger " + file + " is damaged: " + e.getMessage());
        }
        wholeBytes += line.size() + 1;
      }
    }
  }

  /** Reads up to a line feed. Returns false at the end of the file, even after a part of a line. */
  private boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
    line.reset();
    for (int next = in.read(); next != -1; next = in.read()) {
      if (next == '\n') {
        return true;
      }
      if (line.size() < LedgerLine.MAX_BYTES) {
        line.write(next); // a longer line fails its checksum anyway
      }
    }
    return false;
  }

  private void accept(LedgerEntry entry) throws DamagedLineException {
    if (entry.entryId() != lastEntryId + 1) {
      throw new DamagedLineException(
          "expected entry " + (lastEntryId + 1) + ", was " + entry.entryId());
    }
    lastEntryId = entry.entryId();
    entries.accept(entry);
  }

  private void cut(FileChannel channel) throws IOException {
    long tornBytes = channel.size() - wholeBytes;
    Path aside = file.resolveSibling(file.getFileName() + ".torn");
    try (FileChannel out = FileChannel.open(aside, CREATE, WRITE, TRUNCATE_EXISTING)) {
      long copied = 0;
      while (copied < tornBytes) {
        copied += channel.transferTo(wholeBytes + copied, tornBytes - copied, out);
      }
      out.force(true);
    }
    channel.truncate(wholeBytes);
    channel.force(true);
    LOG.log(
        Level.WARNING,
        "The last line of the ledger was torn: set aside "
            + tornBytes
            + " bytes as "
            + aside.getFileName()
            + ", the "
            + lastEntryId
            + " entries before it are whole");
  }
}
