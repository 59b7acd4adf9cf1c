package io.github.signalhub.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:8080/",
    "::1, http://[0:0:0:0:0:0:0:1]:8080/",
    "192.0.2.7, http://192.0.2.7:8080/",
    "0.0.0.0, http://localhost:8080/ (on every address of this machine)",
    "::, http://localhost:8080/ (on every address of this machine)",
  })
  void printsTheAddressThatItListensOn(String ip, String printed) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(ip), 8080);

    assertThat(Main.describe(address)).isEqualTo(printed);
  }
}
