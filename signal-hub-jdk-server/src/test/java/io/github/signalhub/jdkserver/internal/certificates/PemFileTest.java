package io.github.signalhub.jdkserver.internal.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFileTest {
  private static final String AB = "-----BEGIN X-----\nYWI=\n-----END X-----\n";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("file.pem");
  }

  @Nested
  class Blocks {
    @Test
    void areReadInTheirOrder() throws IOException {
      List<PemFile.Block> blocks = of(AB + AB.replace('X', 'Y')).blocks();

      assertThat(blocks).extracting(PemFile.Block::label).containsExactly("X", "Y");
      assertThat(blocks).extracting(PemFile.Block::line).containsExactly(1, 4);
      assertThat(blocks.get(0).decode()).asString().isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", " \n", "\n\n", "\r"})
    void mayHaveAnyLineEnd(String end) throws IOException {
      assertThat(of(AB.replace("\n", end)).blocks().get(0).decode()).asString().isEqualTo("ab");
    }

    @Test
    void mayHaveTextAroundThemAsOpensslWritesIt() throws IOException {
      String text = "\uFEFFBag Attributes\n  friendlyName: x\n" + AB + "subject=/CN=x\n" + AB;

      assertThat(of(text).blocks()).hasSize(2);
    }

    @Test
    void mayBeFollowedByTheEndOfTheFile() throws IOException {
      assertThat(of(AB.strip()).blocks()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\nYWI=\n", "\nYWI=\n-----END X\n"})
    void withoutAnEndAreNamedByTheirLine(String rest) throws IOException {
      PemFile file = of(AB + "-----BEGIN X-----" + rest);

      refuses(file::blocks, "expected an end of the block of line 4, there is none");
    }

    @Test
    void withinAnotherAreNamedByTheLineOfThatOne() throws IOException {
      refuses(() -> of("\n-----BEGIN X-----\n" + AB).blocks(), "the block of line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-----END X-----\n", "-----BEGIN Y-----\nYWI=\n-----END X-----\n"})
    void withoutTheirBeginningAreNamed(String text) throws IOException {
      refuses(() -> of(text).blocks(), "expected -----BEGIN before line ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"YW!=", "Y", "YWI=YWI=", "\u00e4", "comment: x\nYWI="})
    void withoutBase64AreNamedByTheirLine(String body) throws IOException {
      PemFile.Block block = of(AB + AB.replace("YWI=", body)).blocks().get(1);

      refuses(block::decode, "expected Base64 in the block of line 4, was something else");
    }

    @Test
    void areNotInTheTextOfTheirFile() throws IOException {
      assertThat(of(AB)).hasToString(file.toString());
    }
  }

  @Nested
  class Reading {
    @Test
    void thatDoNotExistAreNamed() {
      refuses(() -> PemFile.read(file), "expected a file, there is none");
    }

    @Test
    void thatAreFoldersAreNamed() {
      file = folder;

      refuses(() -> PemFile.read(file), "expected a file, was a folder");
    }

    @Test
    void thatAreDevicesAreNotRead() {
      file = Path.of("/dev/zero");

      refuses(() -> PemFile.read(file), "expected a file, ");
    }

    @Test
    void thatAreTooLongAreNotReadToTheirEnd() throws IOException {
      try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
        large.setLength(1L << 30); // takes no place on the disk
      }

      refuses(() -> PemFile.read(file), "expected at most 1 MiB, was more");
    }

    @Test
    void ofTheMostBytesAreRead() throws IOException {
      Files.writeString(file, AB + " ".repeat(PemFile.MAX_BYTES - AB.length()));

      assertThat(PemFile.read(file).blocks()).hasSize(1);
    }

    @Test
    void thatMayNotBeReadAreNamed() {
      IOException denied = new AccessDeniedException("x");

      assertThat(PemFile.reason(denied))
          .isEqualTo("expected a file that this process may read, it may not");
    }

    @Test
    void thatCannotBeReadForAnotherReasonSayIt() {
      assertThat(PemFile.reason(new IOException("broken disk"))).contains("broken disk");
    }
  }

  private PemFile of(String text) throws IOException {
    Files.writeString(file, text);
    return PemFile.read(file);
  }

  private void refuses(ThrowingCallable reading, String fault) {
    assertThatThrownBy(reading)
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(fault);
  }
}
