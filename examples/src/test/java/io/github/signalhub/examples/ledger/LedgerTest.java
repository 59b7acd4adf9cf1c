package io.github.signalhub.examples.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T12:00:00.5Z"));

  @TempDir Path folder;
  private final List<LedgerEntry> announced = new ArrayList<>();

  @Test
  void entriesAreNumberedWithoutGaps() throws IOException {
    try (Ledger ledger = open()) {
      book(ledger, "1.50");
      book(ledger, "2.50");

      assertThat(ledger.recent()).extracting(LedgerEntry::entryId).containsExactly(1L, 2L);
      assertThat(ledger.size()).isEqualTo(2);
    }
  }

  @Test
  void anEntryIsInTheFileBeforeItIsAnnounced() throws IOException {
    List<String> fileWhenAnnounced = new ArrayList<>();
    try (Ledger ledger = Ledger.open(folder, CLOCK, entry -> fileWhenAnnounced.addAll(lines()))) {
      ledger.append(4, "Period closed", new BigDecimal("10.00"), "EUR");
    }

    assertThat(fileWhenAnnounced)
        .containsExactly(
            "{\"entryId\":1,\"flowId\":4,\"description\":\"Period closed\",\"amount\":\"10.00\","
                + "\"currency\":\"EUR\",\"timestamp\":\"2026-03-01T12:00:00.500Z\","
                + "\"crc32c\":\"ca6734f5\"}");
  }

  @Test
  void entriesSurviveARestartAndNumberingGoesOn() throws IOException {
    try (Ledger ledger = open()) {
      book(ledger, "1.50");
    }

    try (Ledger ledger = open()) {
      book(ledger, "2.50");

      assertThat(ledger.recent())
          .containsExactlyElementsOf(announced)
          .extracting(LedgerEntry::amount)
          .containsExactly(new BigDecimal("1.50"), new BigDecimal("2.50"));
    }
  }

  @Test
  void onlyTheLatestEntriesAreKeptInMemory() throws IOException {
    try (Ledger ledger = open()) {
      for (int i = 0; i < Ledger.MAX_RECENT + 3; i++) {
        book(ledger, "1.00");
      }

      assertThat(ledger.recent()).hasSize(Ledger.MAX_RECENT);
      assertThat(ledger.recent().get(0).entryId()).isEqualTo(4);
    }
  }

  @Nested
  class ATornLastLine {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 11, 100})
    void isReportedOnceSetAsideAndCutOff(int missingBytes) throws IOException {
      bookThree();
      byte[] whole = Files.readAllBytes(file());
      int thirdBegins = new String(whole, UTF_8).lastIndexOf("\n", whole.length - 2) + 1;
      truncate(whole.length - missingBytes);

      List<LogRecord> logged;
      try (LogCapture log = new LogCapture();
          Ledger ledger = open()) {
        logged = log.records;

        assertThat(ledger.recent()).extracting(LedgerEntry::entryId).containsExactly(1L, 2L);
        book(ledger, "9.00");
      }

      assertThat(logged)
          .singleElement()
          .returns(Level.WARNING, LogRecord::getLevel)
          .extracting(LogRecord::getMessage)
          .isEqualTo(
              "The last line of the ledger was torn: set aside "
                  + (whole.length - missingBytes - thirdBegins)
                  + " bytes as ledger.jsonl.torn, the 2 entries before it are whole");
      assertThat(Files.size(folder.resolve("ledger.jsonl.torn")))
          .isEqualTo(whole.length - missingBytes - thirdBegins);
      try (Ledger ledger = open()) {
        assertThat(ledger.size()).isEqualTo(3);
      }
    }

    @Test
    void mayAlsoBeALineOfTheRightLengthWithWrongBytes() throws IOException {
      bookThree();
      byte[] bytes = Files.readAllBytes(file());
      bytes[bytes.length - 40] = 0; // a block that was never written to the disk
      Files.write(file(), bytes);

      try (Ledger ledger = open()) {
        assertThat(ledger.size()).isEqualTo(2);
      }
    }

    @Test
    void mayBeLong() throws IOException {
      bookThree();
      Files.write(file(), new byte[100_000], StandardOpenOption.APPEND);

      try (Ledger ledger = open()) {
        assertThat(ledger.size()).isEqualTo(3);
      }
    }
  }

  @Nested
  class Opening {
    @Test
    void isRefusedIfALineInTheMiddleIsDamaged() throws IOException {
      bookThree();
      List<String> lines = new ArrayList<>(lines());
      lines.set(1, lines.get(1).replace("2.00", "9.00"));
      Files.write(file(), lines);

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(LedgerTest.this::open)
          .withMessage(
              "line 2 of the ledger " + file() + " is damaged: its checksum does not match");
    }

    @Test
    void isRefusedIfALineIsMissing() throws IOException {
      bookThree();
      List<String> lines = new ArrayList<>(lines());
      lines.remove(0);
      Files.write(file(), lines);

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(LedgerTest.this::open)
          .withMessageEndingWith("is damaged: expected entry 1, was 2");
    }

    @Test
    void isRefusedWhileTheLedgerIsOpen() throws IOException {
      try (Ledger ledger = open()) {
        assertThatExceptionOfType(LedgerException.class)
            .isThrownBy(LedgerTest.this::open)
            .withMessage("the ledger in " + folder + " is in use by another process");

        book(ledger, "1.00");
      }
    }

    @Test
    void isRefusedIfTheFolderIsAFile() throws IOException {
      Path notAFolder = Files.createFile(folder.resolve("file"));

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> Ledger.open(notAFolder, CLOCK, announced::add))
          .withMessage("cannot write to the ledger folder " + notAFolder);
    }
  }

  @Test
  void aFailedAppendIsNeitherKeptNorAnnounced() throws IOException {
    Ledger ledger = open();
    ledger.close();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> book(ledger, "1.00"));

    assertThat(announced).isEmpty();
    assertThat(ledger.size()).isZero();
  }

  private Ledger open() throws LedgerException {
    return Ledger.open(folder, CLOCK, announced::add);
  }

  private static void book(Ledger ledger, String amount) throws IOException {
    ledger.append(1, "Net position settled", new BigDecimal(amount), "EUR");
  }

  private void bookThree() throws IOException {
    try (Ledger ledger = open()) {
      book(ledger, "1.00");
      book(ledger, "2.00");
      book(ledger, "3.00");
    }
  }

  private Path file() {
    return folder.resolve("ledger.jsonl");
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void truncate(long bytes) throws IOException {
    try (var channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Captures the log of the recovery while it is open. */
  private static final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(LedgerRecovery.class.getName());
    final List<LogRecord> records = new ArrayList<>();

    LogCapture() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }
}
