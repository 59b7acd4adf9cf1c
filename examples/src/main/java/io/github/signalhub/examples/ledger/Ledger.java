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
 * The booked runs, in the file {@value #FILE_NAME} of a folder. Each entry is one checksummed JSON
 * line, which is appended and forced to the disk before it is announced. At most one process has
 * the ledger open. The latest {@value #MAX_RECENT} entries are also in memory.
 *
 * <p>Thread-safe.
 */
public final class Ledger implements AutoCloseable {
  /** The most entries that {@link #recent()} returns. */
  public static final int MAX_RECENT = 500;

  static final String FILE_NAME = "ledger.jsonl";
  private static final String LOCK_NAME = "ledger.lock";

  private final FileChannel
      lock; // open as long as the ledger, because closing it releases the lock
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
   * Opens the ledger of {@code folder}, and creates both if they are missing. A torn last line is
   * logged, set aside and cut off.
   *
   * @param booked receives each new entry once it is durable, in order, under the ledger's lock
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
      // this process holds the lock itself, so the ledger is in use
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new LedgerException("the ledger in " + folder + " is in use by another process");
  }

  /** Makes a new file's name durable if the platform can force a folder. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folders, and its file system writes names through
    }
  }

  /**
   * Books an entry. When this returns, the entry is on the disk and has been announced.
   *
   * @throws IOException if the entry could not be made durable; it is then neither booked nor
   *     announced
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

  /** Returns the number of all entries. */
  public synchronized long size() {
    return lastEntryId;
  }

  /** Closes the files and releases the lock. Later appends fail. Idempotent. */
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

  /** Removes the bytes of a failed append, so that the next one does not follow half a line. */
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
        // opening has failed already, and that failure is reported
      }
    }
  }
}
