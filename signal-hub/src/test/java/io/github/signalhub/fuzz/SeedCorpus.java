package io.github.signalhub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs a fuzz target on its kept inputs. They are the hand-written ones, each also with a fixed
 * number of mutations, and the ones that the fuzzer has found. The mutations are the same in every
 * run. The profile {@code fuzz} runs the long search for new inputs.
 */
public final class SeedCorpus {
  private static final int MUTATIONS = 400;

  private SeedCorpus() {}

  /**
   * Replays a corpus.
   *
   * @param target the class of the target; its simple name is the name of the corpus
   * @param input the target; throws if it finds a fault
   */
  public static void replay(Class<?> target, Consumer<byte[]> input) throws IOException {
    KeptInputs kept = new KeptInputs(target.getSimpleName());
    List<Path> seeds = kept.seeds();
    assertThat(seeds).as("seeds of %s", target).isNotEmpty();
    for (byte[] found : kept.found()) {
      run(input, found, "found by the fuzzer");
    }
    for (int i = 0; i < seeds.size(); i++) {
      byte[] seed = Files.readAllBytes(seeds.get(i));
      byte[] other = Files.readAllBytes(seeds.get((i + 1) % seeds.size()));
      run(input, seed, seeds.get(i).toString());
      Random random = new Random(i);
      for (int run = 0; run < MUTATIONS; run++) {
        run(input, mutate(seed, other, random), "a mutation of " + seeds.get(i));
      }
    }
  }

  private static void run(Consumer<byte[]> input, byte[] bytes, String what) {
    try {
      input.accept(bytes.clone());
    } catch (Throwable t) { // any throwable is a finding
      throw new AssertionError(what + " fails: " + HexFormat.of().formatHex(bytes), t);
    }
  }

  private static byte[] mutate(byte[] seed, byte[] other, Random random) {
    byte[] bytes = seed;
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(bytes.length + 1);
      int end = Math.min(bytes.length, at + random.nextInt(9));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes, 0, at);
      switch (random.nextInt(5)) {
        case 0 -> out.write(random.nextInt(256)); // insert
        case 1 -> at = end; // remove
        case 2 -> out.write(bytes, at, end - at); // repeat
        case 3 -> { // replace
          out.write(random.nextInt(256));
          at = Math.min(bytes.length, at + 1);
        }
        default -> { // cross
          int from = random.nextInt(other.length + 1);
          out.write(other, from, Math.min(other.length - from, random.nextInt(40)));
        }
      }
      out.write(bytes, at, bytes.length - at);
      bytes = out.toByteArray();
    }
    return bytes;
  }
}
