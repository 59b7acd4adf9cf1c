package io.github.signalhub.jdkserver.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String TCP_4 = "cb007107" + "c0000201" + "dc04" + "01bb";
  private static final String TCP_6 =
      "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "dc04" + "01bb";

  @ParameterizedTest
  @CsvSource({
    "2111, " + TCP_4 + ", 203.0.113.7",
    "2121, " + TCP_6 + ", 2001:db8::7",
    "2111, " + TCP_4 + "040001ff, 203.0.113.7", // an extension that does nothing
    "2111, " + TCP_4 + "ea000401020304, 203.0.113.7", // one of an application
  })
  void namesTheClient(String kind, String rest, String address) throws IOException {
    ProxyHeader header = parse(header(kind, rest));

    assertThat(header.client()).contains(new InetSocketAddress(address, 0xdc04));
    assertThat(header.encrypted()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"01, true", "07, true", "00, false", "06, false"})
  void saysWhetherTheClientUsesTls(String flags, boolean encrypted) throws IOException {
    String extension = "20000d" + flags + "00000000" + "210005" + "544c537631";

    assertThat(parse(header("2111", TCP_4 + extension)).encrypted()).isEqualTo(encrypted);
  }

  @ParameterizedTest
  @CsvSource({
    "2000, ''", // the proxy's own, such as a health check
    "2011, " + TCP_4,
    "2100, ''", // of no family that has addresses here
    "2100, 0102030405",
    "2131, " + TCP_6, // sockets of Unix
    "2112, " + TCP_4 // datagrams
  })
  void mayNameNobody(String kind, String rest) throws IOException {
    assertThat(parse(header(kind, rest))).isEqualTo(new ProxyHeader(Optional.empty(), false));
  }

  @Test
  void isWholeIfItsChecksumIsRight() throws IOException {
    byte[] bytes = header("2111", TCP_4 + "03000400000000" + "04000101");
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int at = 16 + 12 + 3;
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (checksum.getValue() >>> 24 - 8 * i);
    }

    assertThat(parse(bytes).client()).isPresent();
    bytes[bytes.length - 1]++;
    assertThatThrownBy(() -> parse(bytes)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2211, " + TCP_4, // a command that is unknown
    "2111, cb007107c0000201dc04", // no second port
    "2121, " + TCP_4,
    "2111, ''",
    "2111, " + TCP_4 + "04", // no length
    "2111, " + TCP_4 + "040005ff", // shorter than it says
    "2111, " + TCP_4 + "200000", // no flags
    "2111, " + TCP_4 + "030002ffff", // half a checksum
    "2111, " + TCP_4 + "03000400000001"
  })
  void isRefusedWhereItIsMalformed(String kind, String rest) {
    byte[] bytes = header(kind, rest);

    assertThatThrownBy(() -> parse(bytes)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "474554202f20485454502f312e310d0a", // GET / HTTP/1.1
        "50524f58592054435034203230332e30", // version 1
        SIGNATURE + "1111000c",
        SIGNATURE + "3111000c",
        "16030100330100002f03030001020304", // TLS
        SIGNATURE + "21110ff1", // 4,097 bytes
        SIGNATURE + "2111ffff"
      })
  void hasALengthOnlyIfItIsOne(String first) {
    assertThatThrownBy(() -> ProxyHeader.length(HexFormat.of().parseHex(first)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void mayHave4096Bytes() throws IOException {
    assertThat(ProxyHeader.length(HexFormat.of().parseHex(SIGNATURE + "21110ff0"))).isEqualTo(4096);
  }

  private static ProxyHeader parse(byte[] bytes) throws IOException {
    assertThat(ProxyHeader.length(bytes)).isEqualTo(bytes.length);
    return ProxyHeader.parse(bytes);
  }

  private static byte[] header(String kind, String rest) {
    HexFormat hex = HexFormat.of();
    byte[] end = hex.parseHex(rest);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(hex.parseHex(SIGNATURE + kind + hex.toHexDigits((short) end.length)));
    bytes.writeBytes(end);
    return bytes.toByteArray();
  }
}
