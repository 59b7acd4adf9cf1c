package io.github.signalhub.fuzz;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs Jazzer on a fuzz target for some seconds, from the folder of the target's module: {@code
 * Fuzz <seconds> <target class>...}. New inputs that reach new code are kept in {@code
 * .fuzz/<name>} and found again next time; one that fails lands there as {@code crash-…}. Copied to
 * {@code src/test/resources/fuzz/<name>} it is tried in every build.
 */
public final class Fuzz {
  private Fuzz() {}

  /** Ends with status 1 if a target failed. */
  public static void main(String[] args) throws Exception {
    boolean failed = false;
    for (String target : List.of(args).subList(1, args.length)) {
      failed |= run(args[0], target) != 0;
    }
    System.exit(failed ? 1 : 0);
  }

  private static int run(String seconds, String target) throws Exception {
    String name = target.substring(target.lastIndexOf('.') + 1);
    Path found = Files.createDirectories(Path.of(".fuzz", name));
    Path seeds = Path.of("src", "test", "resources", "fuzz", name);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target,
            "--instrumentation_includes=io.github.signalhub.**",
            "--reproducer_path=" + found,
            "-artifact_prefix=" + found + File.separator,
            "-max_total_time=" + seconds,
            "-max_len=4096",
            "-rss_limit_mb=3000",
            "-print_final_stats=1",
            found.toString(),
            seeds.toString())
        .inheritIO()
        .start()
        .waitFor();
  }
}
