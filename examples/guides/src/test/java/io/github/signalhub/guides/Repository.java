package io.github.signalhub.guides;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hand-written files of a clone, and the faults of its documents. Paths are relative to its
 * folder, with slashes. Not thread-safe.
 */
final class Repository {
  /** The files where blocks of a language may stand. The build compiles or runs them. */
  private static final Map<String, List<Pattern>> HOMES =
      Map.of(
          "java", List.of(Pattern.compile("(.*/)?src/(main|test)/java/.*\\.java")),
          "tsx", List.of(Pattern.compile(".*\\.tsx")),
          "ts", List.of(Pattern.compile(".*\\.tsx?")),
          "jsx", List.of(Pattern.compile(".*\\.[jt]sx")),
          "js", List.of(Pattern.compile(".*\\.(m?js|ts)")),
          "html", List.of(Pattern.compile(".*\\.html"), Pattern.compile(".*/src/.*\\.java")),
          "nginx", List.of(Pattern.compile(".*\\.conf")),
          "haproxy", List.of(Pattern.compile(".*\\.cfg")),
          "caddyfile", List.of(Pattern.compile(".*Caddyfile")),
          "dockerfile", List.of(Pattern.compile(".*Dockerfile")));

  /** Languages of blocks that are not compared. */
  private static final Set<String> FREE =
      Set.of(
          "",
          "text",
          "sh",
          "json",
          "xml",
          "groovy",
          "properties",
          "ini",
          "yaml",
          "mermaid",
          "diff");

  private static final Map<String, String> OTHER_NAMES =
      Map.of(
          "typescript",
          "ts",
          "javascript",
          "js",
          "mjs",
          "js",
          "conf",
          "nginx",
          "apacheconf",
          "nginx");

  /** Folders that tools make or install. Folders that begin with a dot are omitted too. */
  private static final Set<String> NOT_WRITTEN =
      Set.of("target", "node_modules", "dist", "coverage", "reports");

  private static final Set<String> WRITTEN_HIDDEN = Set.of(".github", ".ci", ".mvn");

  private static final Pattern ON_GITHUB =
      Pattern.compile("https://github\\.com/signalhub/signal-hub/(?:blob|tree)/main/(.*)");

  private final Path root;
  private final Set<String> files = new TreeSet<>();
  private final Set<String> folders = new TreeSet<>();
  private final Map<String, List<String>> lines = new HashMap<>();
  private final Map<String, Markdown> documents = new TreeMap<>();

  private Repository(Path root) {
    this.root = root;
  }

  /** Reads the names of the files below a folder, and its documents. */
  static Repository of(Path root) throws IOException {
    Repository repository = new Repository(root);
    Files.walkFileTree(root, repository.new Walk());
    for (String file : repository.files) {
      if (file.endsWith(".md")) {
        repository.documents.put(file, Markdown.of(repository.linesOf(file)));
      }
    }
    return repository;
  }

  /** Returns the documents. */
  Set<String> documents() {
    return documents.keySet();
  }

  /** Returns whether a document links to a file of the repository. */
  boolean links(String document, String file) {
    return documents.get(document).links().stream()
        .anyMatch(link -> withoutAnchor(document, link.target()).equals(file));
  }

  /** Returns the dead links of a document, a line for each. */
  List<String> deadLinks(String document) {
    List<String> dead = new ArrayList<>();
    for (Markdown.Link link : documents.get(document).links()) {
      if (!exists(document, link.target())) {
        dead.add(document + ":" + link.line() + ": nothing is at " + link.target());
      }
    }
    return dead;
  }

  /** Returns the code blocks of a document that stand in no file, a line for each. */
  List<String> looseBlocks(String document) {
    List<String> loose = new ArrayList<>();
    for (Markdown.Block block : documents.get(document).blocks()) {
      String language = OTHER_NAMES.getOrDefault(block.language(), block.language());
      String where = document + ":" + block.line() + ": ";
      if (HOMES.containsKey(language)) {
        String nearest = nearest(block, HOMES.get(language));
        if (!nearest.isEmpty()) {
          loose.add(where + "stands in no file that is compiled; " + nearest);
        }
      } else if (!FREE.contains(language)) {
        loose.add(where + "nobody knows whether " + language + " is compiled");
      }
    }
    return loose;
  }

  /** Returns the part of a file that is most similar to a block; empty if a part is equal. */
  private String nearest(Markdown.Block block, List<Pattern> homes) {
    List<List<String>> paragraphs = Lines.paragraphs(block.lines());
    String nearest = "nothing is like it";
    int most = 0;
    for (String file : files) {
      if (homes.stream().noneMatch(home -> home.matcher(file).matches())) {
        continue;
      }
      Search search = new Search(linesOf(file));
      if (paragraphs.stream().allMatch(search::finds)) {
        return "";
      }
      if (search.matched > most) {
        most = search.matched;
        nearest = file + " lacks: " + search.missing.strip();
      }
    }
    return nearest;
  }

  private boolean exists(String document, String target) {
    Matcher onGitHub = ON_GITHUB.matcher(target);
    if (onGitHub.matches()) {
      return exists(document, "/" + onGitHub.group(1));
    }
    if (target.matches("(?i)([a-z][a-z0-9+.-]*:|//).*")) {
      return true; // of another site
    }
    String path = withoutAnchor(document, target);
    int hash = target.indexOf('#');
    if (hash < 0) {
      return files.contains(path) || folders.contains(path);
    }
    String anchor = target.substring(hash + 1);
    return documents.containsKey(path) && documents.get(path).anchors().contains(anchor);
  }

  /** Returns the path of a target in a document; empty for the root's folder. */
  private static String withoutAnchor(String document, String target) {
    String path = target.replaceFirst("#.*", "").replace("%20", " ");
    if (path.isEmpty()) {
      return document;
    }
    Path from = path.startsWith("/") ? Path.of("") : Path.of(document).resolveSibling("");
    String relative = path.replaceFirst("^/", "");
    return from.resolve(relative).normalize().toString().replace('\\', '/');
  }

  private List<String> linesOf(String file) {
    return lines.computeIfAbsent(file, it -> Lines.of(root.resolve(it)));
  }

  /** Searches one file for the paragraphs of a block, one after the other. */
  private static final class Search {
    private final List<String> lines;
    private int next;
    private int matched;
    private String missing = "";

    Search(List<String> lines) {
      this.lines = lines;
    }

    boolean finds(List<String> paragraph) {
      int most = 0;
      for (int i = next; i < lines.size(); i++) {
        int count = Lines.matching(lines, i, paragraph);
        if (count == paragraph.size()) {
          next = i + count;
          matched += count;
          return true;
        }
        most = Math.max(most, count);
      }
      matched += most;
      missing = paragraph.get(most);
      return false;
    }
  }

  private final class Walk extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = folder.equals(root) ? "" : folder.getFileName().toString();
      boolean hidden = name.startsWith(".") && !WRITTEN_HIDDEN.contains(name);
      if (hidden || NOT_WRITTEN.contains(name)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      folders.add(relative(folder));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      files.add(relative(file));
      return FileVisitResult.CONTINUE;
    }

    private String relative(Path path) {
      return root.relativize(path).toString().replace('\\', '/');
    }
  }
}
