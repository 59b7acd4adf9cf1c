package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.OwnJvm;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The document of limits has the defaults that depend on the heap. */
class LimitsDocumentIT {
  @ParameterizedTest
  @ValueSource(strings = {"8m", "160m", "5g"})
  void saysTheDefaultsOfAnyHeap(String heap) throws Exception {
    Map<String, String> code = new TreeMap<>();
    for (String line : OwnJvm.run(heap, Defaults.class)) {
      int equals = line.lastIndexOf('=');
      code.put(line.substring(0, equals), line.substring(equals + 1));
    }
    long heapBytes = Long.parseLong(code.remove("heap"));

    assertThat(LimitsDocumentTest.defaults(LimitsTable.read(), heapBytes)).isEqualTo(code);
  }
}
