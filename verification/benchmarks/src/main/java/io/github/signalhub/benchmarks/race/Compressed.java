package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Messages of 1 KiB that compress three times, with permessage-deflate and without. Stateless. */
final class Compressed implements Scenario {
  static final String PLAIN = "1 KiB plain";
  static final String DEFLATED = "1 KiB deflated";
  static final int MESSAGE_BYTES = 1_024;

  private static final String REPEATED = "{\"status\":\"NODE_COMPLETE\",\"flowId\":";
  private static final String DIGITS = "0123456789abcdef";

  @Override
  public String name() {
    return "deflate";
  }

  @Override
  public List<Contestant> servers(List<Contestant> all) {
    return Contestant.of(all, each -> each.kind() == Contestant.Kind.HUB);
  }

  @Override
  public double seconds(Plan plan) {
    return 2 * (plan.shorter() * 1.1 * Plan.WINDOWS.length / 1e3 + 0.001 * plan.clients());
  }

  @Override
  public void turn(Turn turn) throws IOException {
    turn.watched(
        "",
        () -> {
          measure(turn, PLAIN, turn.dial());
          measure(turn, DEFLATED, turn.dial().withDeflate());
        });
  }

  private static void measure(Turn turn, String variant, Dial dial) throws IOException {
    try (Load load = new Load(dial, turn.plan.clients())) {
      load.size(MESSAGE_BYTES, Compressed::text);
      turn.windows(load, variant, turn.plan.shorter(), 1, Plan.WINDOWS);
      turn.add(variant, Measure.WIRE_BYTES, load.wireBytes());
    }
  }

  /**
   * Returns a text without quotes that deflate shortens to about a third: random digits and a
   * phrase in turn.
   */
  static byte[] text(int length) {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      for (int i = 0; i < 23; i++) {
        text.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
      }
      text.append(REPEATED.replace("\"", "'"));
    }
    return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
  }
}
