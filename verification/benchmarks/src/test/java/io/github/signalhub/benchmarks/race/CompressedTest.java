package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class CompressedTest {
  @Test
  void textIsCompressedAboutThreeTimes() {
    byte[] text = Compressed.text(Compressed.MESSAGE_BYTES);
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(text);
    deflater.finish();

    int bytes = deflater.deflate(new byte[Compressed.MESSAGE_BYTES]);
    deflater.end();

    assertThat((double) text.length / bytes).isBetween(2.8, 3.3);
  }
}
