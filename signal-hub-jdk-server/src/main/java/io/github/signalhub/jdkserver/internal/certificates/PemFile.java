package io.github.signalhub.jdkserver.internal.certificates;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The content of a file with PEM blocks (RFC 7468). Text between blocks is ignored, because {@code
 * openssl} writes such text. Two are equal if path and content are. Immutable.
 *
 * @param path of the file
 * @param text its content; it may be a secret
 */
record PemFile(Path path, String text) {
  static final int MAX_BYTES = 1 << 20;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final String BYTE_ORDER_MARK = "\uFEFF"; // of some editors

  /**
   * One block. Its Base64 is not decoded until it is needed, so a fault in another block does not
   * matter.
   *
   * @param label such as {@code CERTIFICATE}
   * @param line the number of its first line, from 1
   * @param body the text between its first and its last line
   */
  record Block(PemFile file, String label, int line, String body) {
    /** Returns whether this is a key with a password, in either of the two formats. */
    boolean isEncrypted() {
      return label.startsWith("ENCRYPTED ") || body.contains("Proc-Type: 4,ENCRYPTED"); // RFC 1421
    }

    byte[] decode() throws UnusableFileException {
      try {
        return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
      } catch (IllegalArgumentException e) {
        throw file.fault("expected Base64 in the block of line " + line + ", was something else");
      }
    }
  }

  /**
   * Reads a file of at most {@value #MAX_BYTES} bytes.
   *
   * @throws UnusableFileException if it cannot be read, or is no ordinary file
   */
  static PemFile read(Path path) throws UnusableFileException {
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      if (!found.isRegularFile()) { // a pipe could block for ever
        String kind = found.isDirectory() ? "a folder" : "a pipe or a device";
        throw new UnusableFileException(path, "expected a file, was " + kind);
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new UnusableFileException(path, "expected at most 1 MiB, was more");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return new PemFile(path, text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
      }
    } catch (UnusableFileException e) {
      throw e;
    } catch (IOException e) {
      throw new UnusableFileException(path, reason(e), e);
    }
  }

  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "expected a file, there is none";
    } else if (e instanceof AccessDeniedException) {
      return "expected a file that this process may read, it may not";
    }
    return "cannot be read: " + e;
  }

  /**
   * Returns all blocks in their order.
   *
   * @throws UnusableFileException if a block has no end or no beginning
   */
  List<Block> blocks() throws UnusableFileException {
    List<Block> blocks = new ArrayList<>();
    String label = null; // of the block that the line is in
    int begin = 0;
    StringBuilder body = new StringBuilder();
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (isBoundary(BEGIN, line)) {
        if (label != null) {
          throw noEnd(begin);
        }
        label = label(BEGIN, line);
        begin = number;
        body.setLength(0);
      } else if (isBoundary(END, line)) {
        if (!label(END, line).equals(label)) {
          throw fault("expected " + BEGIN + "before line " + number + " with the same label");
        }
        blocks.add(new Block(this, label, begin, body.toString()));
        label = null;
      } else if (label != null) {
        body.append(line).append('\n');
      }
    }
    if (label != null) {
      throw noEnd(begin);
    }
    return blocks;
  }

  /** Returns the labels of blocks, to name them in an error. */
  static String labels(List<Block> blocks) {
    return blocks.isEmpty()
        ? "no block at all"
        : blocks.stream().map(Block::label).distinct().collect(joining(", "));
  }

  private UnusableFileException noEnd(int begin) {
    return fault("expected an end of the block of line " + begin + ", there is none");
  }

  private static boolean isBoundary(String begin, String line) {
    return line.startsWith(begin) && line.endsWith(DASHES) && line.length() > begin.length();
  }

  private static String label(String begin, String line) {
    return line.substring(begin.length(), Math.max(begin.length(), line.length() - 5)).strip();
  }

  UnusableFileException fault(String fault) {
    return new UnusableFileException(path, fault);
  }

  UnusableFileException fault(String fault, Exception cause) {
    return new UnusableFileException(path, fault + ": " + cause.getMessage(), cause);
  }

  /** Returns the path alone, because the content may be a secret. */
  @Override
  public String toString() {
    return path.toString();
  }
}
