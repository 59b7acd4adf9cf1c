package io.github.signalhub.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs Jazzer on fuzz targets, each for some seconds, from the folder of their module: {@code Fuzz
 * <seconds> <target class>...}. It starts with the {@linkplain KeptInputs kept inputs} and the
 * inputs of its last run in {@code .fuzz/<name>}. At the end it keeps the smallest set of inputs
 * that reach the same code, in a file to be committed. It writes a failing input to {@code
 * .fuzz/<name>} as {@code crash-…}. If the input is copied to the seeds, every build runs it, with
 * mutations.
 */
public final class Fuzz {
  private final String target;
  private final KeptInputs kept;
  private final Path work;
  private final Path merged;

  private Fuzz(String target) {
    String name = target.substring(target.lastIndexOf('.') + 1);
    this.target = target;
    this.kept = new KeptInputs(name);
    this.work = Path.of(".fuzz", name);
    this.merged = Path.of(".fuzz", name + "-merged");
  }

  /** Exits with status 1 if a target failed. */
  public static void main(String[] args) throws Exception {
    boolean failed = false;
    for (String target : List.of(args).subList(1, args.length)) {
      failed |= !new Fuzz(target).run(args[0]);
    }
    System.exit(failed ? 1 : 0);
  }

  private boolean run(String seconds) throws Exception {
    Files.createDirectories(work);
    write(kept.found(), work);
    write(seeds(), work);
    return jazzer("-max_total_time=" + seconds, "-print_final_stats=1", work.toString()) && merge();
  }

  private boolean merge() throws Exception {
    empty(merged);
    List<byte[]> seeds = seeds();
    write(seeds, merged);
    if (!jazzer("-merge=1", merged.toString(), work.toString())) {
      return false;
    }
    Set<ByteBuffer> known = new HashSet<>();
    seeds.forEach(seed -> known.add(ByteBuffer.wrap(seed)));
    kept.keep(
        read(merged).stream().filter(input -> !known.contains(ByteBuffer.wrap(input))).toList());
    return true;
  }

  private boolean jazzer(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target,
                "--instrumentation_includes=io.github.signalhub.**",
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work + File.separator,
                "-max_len=4096",
                "-rss_limit_mb=3000"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  private List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (Path seed : kept.seeds()) {
      seeds.add(Files.readAllBytes(seed));
    }
    return seeds;
  }

  private static void empty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void write(List<byte[]> inputs, Path folder) throws IOException {
    for (int i = 0; i < inputs.size(); i++) {
      Files.write(folder.resolve("kept-" + i), inputs.get(i));
    }
  }

  private static List<byte[]> read(Path folder) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        inputs.add(Files.readAllBytes(file));
      }
    }
    return inputs;
  }
}
