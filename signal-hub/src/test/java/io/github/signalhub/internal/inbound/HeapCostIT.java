package io.github.signalhub.internal.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.signalhub.OwnJvm;
import io.github.signalhub.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compares the estimated heap of parsed JSON with the taken heap, for each kind of JSON. */
@Timeout(120)
class HeapCostIT {
  private static final double WITHIN = 0.25;
  private static final int COPIES = 4;

  @Test
  void isWithinAQuarterOfWhatEachKindTakes() throws Exception {
    List<String> lines = OwnJvm.run("512m", Measurement.class);

    assertThat(lines).hasSize(Measurement.kinds().size());
    for (String line : lines) {
      String[] words = line.split("\t");
      double ratio = Double.parseDouble(words[1]) / Double.parseDouble(words[2]);
      System.out.printf(
          "%s: estimated %s, taken %s bytes: %.2f; %.1f for each byte of text%n",
          words[0], words[1], words[2], ratio, Double.parseDouble(words[2]) / (1 << 18));
      assertThat(ratio).as(line).isCloseTo(1, within(WITHIN));
    }
  }

  /** The process, which prints the estimated and the taken bytes for each kind. */
  static final class Measurement {
    private Measurement() {}

    public static void main(String[] args) {
      kinds()
          .forEach(
              (kind, text) -> {
                byte[] utf8 = text.getBytes(UTF_8);
                List<Object> kept = new ArrayList<>(COPIES);
                Json.parse(utf8);
                long before = OwnJvm.usedBytes();
                for (int i = 0; i < COPIES; i++) {
                  kept.add(Json.parse(utf8));
                }
                long taken = (OwnJvm.usedBytes() - before) / kept.size();
                System.out.println(kind + "\t" + HeapCost.ofParsed(utf8) + "\t" + taken);
              });
    }

    static Map<String, String> kinds() {
      Map<String, String> kinds = new LinkedHashMap<>();
      kinds.put("small integers", array(i -> Integer.toString(i % 100)));
      kinds.put("integers", array(i -> Integer.toString(1_000_000 + i)));
      kinds.put("negative integers", array(i -> Integer.toString(-1_000_000 - i)));
      kinds.put("large integers", array(i -> "9".repeat(40)));
      kinds.put("decimals", array(i -> "1." + i));
      kinds.put("long decimals", array(i -> "1." + "3".repeat(60)));
      kinds.put("literals", array(i -> "true"));
      kinds.put("short strings", array(i -> "\"a" + i % 10 + "\""));
      kinds.put("long strings", array(i -> '"' + "a".repeat(500) + '"'));
      kinds.put("one string", '"' + "a".repeat(1 << 18) + '"');
      kinds.put("wide strings", array(i -> "\"\u20ac\u20ac\u20ac\u20ac" + i % 10 + "\""));
      kinds.put("emoji", array(i -> "\"\ud83d\ude00\ud83d\ude00\""));
      kinds.put("latin strings", array(i -> "\"\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\""));
      kinds.put("escaped strings", array(i -> "\"\\u00e4\\n\\u00e4\\n\""));
      kinds.put("wide escaped strings", array(i -> "\"\\u20ac\\u20ac\\u20ac\""));
      kinds.put("empty arrays and objects", array(i -> i % 2 == 0 ? "[]" : "{}"));
      kinds.put("arrays of one", array(i -> "[1]"));
      kinds.put("arrays of five", array(i -> "[1,2,3,4,5]"));
      kinds.put("deep arrays", array(i -> "[".repeat(50) + "]".repeat(50)));
      kinds.put("objects of one", array(i -> "{\"a\":1}"));
      kinds.put("objects of five", array(i -> "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5}"));
      kinds.put("deep objects", array(i -> "{\"a\":".repeat(30) + "1" + "}".repeat(30)));
      kinds.put(
          "one object",
          IntStream.range(0, 20_000)
              .mapToObj(i -> "\"n" + i + "\":" + i)
              .collect(Collectors.joining(",", "{", "}")));
      kinds.put("with spaces", array(i -> "[ 1 , 2 ]"));
      return kinds;
    }

    /** Returns an array of 256 KiB. */
    private static String array(IntFunction<String> element) {
      StringBuilder text = new StringBuilder("[");
      for (int i = 0; text.length() < 1 << 18; i++) {
        text.append(i == 0 ? "" : ",").append(element.apply(i));
      }
      return text.append(']').toString();
    }
  }
}
