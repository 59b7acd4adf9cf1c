package io.github.signalhub.examples.ledger;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What was booked, kept in the file {@value #FILE_NAME} of a folder: one checksummed JSON line per
 * entry, appended and forced to the disk before anybody hears of it. At most one process has it
 * open. The latest {@value #MAX_RECENT} entries are also kept in memory.
 *
 * <p>Thread-safe.
 */
public final class Ledger implements AutoCloseable {
  /** How many of the latest entries {@link #recent()} returns at most. */
  public static final int MAX_RECENT = 500;

  static final String FILE_NAME = "ledger.jsonl";
  private static final String LOCK_NAME = "ledger.lock";

  private final FileChannel lock; // open as long as the ledger: closing it gives the lock back
  private final FileChannel channel;
  private final InstantSource clock;
  private final Consumer<LedgerEntry> booked;
  private final Deque<LedgerEntry> recent = new ArrayDeque<>();
  private long lastEntryId;
  private long lengthBytes;

  private Ledger(
      FileChannel lock, FileChannel channel, InstantSource clock, Consumer<LedgerEntry> booked) {
    this.lock = lock;
    this.channel = channel;
    this.clock = clock;
    this.booked = booked;
  }

  /**
   * Opens the ledger of {@code folder}, both of which are created if they are not there. A torn
   * last line is logged, set aside and cut off.
   *
   * @param booked hears of every new entry once it is durable, in order, under the ledger's lock
   * @throws LedgerException if the folder cannot be written, another process has the ledger open,
   *     or a line before the last one is damaged
   */
  public static Ledger open(Path folder, InstantSource clock, Consumer<LedgerEntry> booked)
      throws LedgerException {
    requireNonNull(folder, "folder");
    requireNonNull(clock, "clock");
    requireNonNull(booked, "booked");
    FileChannel lock = null;
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      lock = lockOf(folder);
      Path file = folder.resolve(FILE_NAME);
      channel = FileChannel.open(file, CREATE, READ, WRITE);
      forceFolder(folder);
      Ledger ledger = new Ledger(lock, channel, clock, booked);
      ledger.lengthBytes = LedgerRecovery.recover(file, channel, ledger::remember);
      return ledger;
    } catch (IOException e) {
      closeQuietly(channel);
      closeQuietly(lock);
      throw e instanceof LedgerException known
          ? known
          : new LedgerException("cannot write to the ledger folder " + folder, e);
    }
  }

  private static FileChannel lockOf(Path folder) throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve(LOCK_NAME), CREATE, WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process: in use all the same
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new LedgerException("the ledger in " + folder + " is in use by another process");
  }

  /** Makes a new file's name durable where the platform lets a folder be forced. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows does not open folders; its file system writes names through
    }
  }

  /**
   * Books an entry. When this returns, the entry is on the disk and has been announced.
   *
   * @throws IOException if it could not be made durable; nothing is then booked or announced
   */
  public synchronized LedgerEntry append(
      long flowId, String description, BigDecimal amount, String currency) throws IOException {
    LedgerEntry entry =
        new LedgerEntry(lastEntryId + 1, flowId, description, amount, currency, clock.instant());
    byte[] line = LedgerLine.encode(entry);
    if (line.length > LedgerLine.MAX_BYTES) {
      throw new IOException("expected an entry of at most 16 KiB, was " + line.length + " bytes");
    }
    try {
      writeDurably(line);
    } catch (IOException e) {
      takeBack(e);
      throw e;
    }
    lengthBytes += line.length;
    remember(entry);
    booked.accept(entry);
    return entry;
  }

  /** Returns the latest entries, oldest first. */
  public synchronized List<LedgerEntry> recent() {
    return List.copyOf(recent);
  }

  /** Returns how many entries there are in all. */
  public synchronized long size() {
    return lastEntryId;
  }

  /** Closes the files and gives the lock back. Idempotent; appending then fails. */
  @Override
  public synchronized void close() throws IOException {
    try (lock) {
      channel.close();
    }
  }

  private void writeDurably(byte[] line) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(line);
    while (buffer.hasRemaining()) {
      channel.write(buffer, lengthBytes + buffer.position());
    }
    channel.force(true);
  }

  /** Removes what a failed append left, so that the next one does not follow half a line. */
  private void takeBack(IOException failure) {
    try {
      channel.truncate(lengthBytes);
    } catch (IOException e) {
      failure.addSuppressed(e); // the next append overwrites the same place
    }
  }

  private void remember(LedgerEntry entry) {
    lastEntryId = entry.entryId();
    recent.addLast(entry);
    if (recent.size() > MAX_RECENT) {
      recent.removeFirst();
    }
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // opening has failed already; that is what gets told
      }
    }
  }
}
