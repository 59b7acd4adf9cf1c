package io.github.signalhub.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @Test
  void anEmptyEnvironmentGivesTheDefaults() throws StartupException {
    assertThat(Settings.of(Map.of()))
        .isEqualTo(new Settings(InetAddress.getLoopbackAddress(), 8080, Path.of("examples/data")));
  }

  @Test
  void theEnvironmentOverridesThem() throws Exception {
    assertThat(
            Settings.of(
                Map.of("BIND_ADDRESS", "0.0.0.0", "PORT", "0", "LEDGER_DIR", "/var/ledger")))
        .isEqualTo(new Settings(InetAddress.getByName("0.0.0.0"), 0, Path.of("/var/ledger")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http", "-1", "65536", "8080x", "99999999999"})
  void aPortThatIsNoneIsRefused(String port) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> Settings.of(Map.of("PORT", port)))
        .withMessage("expected PORT to be a number from 0 to 65535, was “" + port + "”");
  }
}
