package io.github.signalhub.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The objects in a heap after a collection. Immutable.
 *
 * @param bytes of all objects
 * @param classes the objects and bytes of each class; empty if that is unknown
 */
public record Heap(long bytes, Map<String, Share> classes) {
  private static final Pattern CLASS = Pattern.compile("(?m)^ *\\d+: +(\\d+) +(\\d+) +(\\S+)");

  /** A part of a heap. */
  public record Share(long objects, long bytes) {
    private static final Share NONE = new Share(0, 0);

    private Share plus(Share other) {
      return new Share(objects + other.objects, bytes + other.bytes);
    }

    private Share minus(Share other) {
      return new Share(objects - other.objects, bytes - other.bytes);
    }
  }

  /**
   * Collects the garbage of a JVM and returns what is left.
   *
   * @param process the id of its process
   * @throws IOException if jcmd is missing or tells nothing
   */
  public static Heap of(long process) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asked =
        new ProcessBuilder(jcmd.toString(), Long.toString(process), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    Map<String, Share> classes = new TreeMap<>();
    for (Matcher line = CLASS.matcher(said); line.find(); ) {
      Share share = new Share(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)));
      String name = line.group(3).replaceFirst("/0x.*", ""); // the address of a lambda's class
      classes.merge(name, share, Share::plus);
    }
    if (classes.isEmpty()) {
      throw new IOException("expected a histogram of the heap, was: " + said.lines().findFirst());
    }
    return new Heap(classes.values().stream().mapToLong(Share::bytes).sum(), classes);
  }

  /** Returns how many objects there are; 0 if that is unknown. */
  public long objects() {
    return classes.values().stream().mapToLong(Share::objects).sum();
  }

  /** Returns what is there besides an earlier heap. */
  public Heap minus(Heap before) {
    Map<String, Share> grown = new TreeMap<>();
    classes.forEach(
        (name, share) ->
            grown.put(name, share.minus(before.classes.getOrDefault(name, Share.NONE))));
    return new Heap(bytes - before.bytes, grown);
  }

  /** Returns a line for each class of which clients have objects, the largest first. */
  public String perClient(int clients) {
    StringBuilder text = new StringBuilder("bytes a client, objects a client, class\n");
    classes.entrySet().stream()
        .filter(each -> each.getValue().objects * 20 >= clients)
        .sorted(Comparator.comparingLong(each -> -each.getValue().bytes))
        .forEach(
            each ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%8.1f %6.2f %s%n",
                        (double) each.getValue().bytes / clients,
                        (double) each.getValue().objects / clients,
                        each.getKey())));
    return text.toString();
  }
}
