package io.github.signalhub.guides;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A Markdown file as GitHub reads it: its blocks of code, links and anchors. Immutable. */
record Markdown(List<Block> blocks, List<Link> links, Set<String> anchors) {
  private static final Pattern FENCE =
      Pattern.compile("(?:[ >]|[-*+] |\\d+\\. )*(`{3,}|~{3,})(.*)");
  private static final Pattern CODE_SPAN = Pattern.compile("(`+)(?!`)(.*?)(?<!`)\\1(?!`)");
  private static final Pattern LINK = Pattern.compile("\\]\\(\\s*<?([^)>\\s]+)>?[^)]*\\)");
  private static final Pattern REFERENCE = Pattern.compile("\\[[^\\]]+\\]\\[([^\\]]+)\\]");
  private static final Pattern DEFINITION =
      Pattern.compile(" {0,3}\\[([^\\]]+)\\]:\\s*<?([^>\\s]+).*");
  private static final Pattern HTML_LINK = Pattern.compile("(?:href|src|srcset)=\"([^\"\\s]+)\"");
  private static final Pattern HTML_ANCHOR = Pattern.compile("<\\w+[^>]* (?:id|name)=\"([^\"]+)\"");
  private static final Pattern HEADING = Pattern.compile(" {0,3}#{1,6} +(.*?)(?: +#+)? *");
  private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(?:=+|-{2,}) *");

  /**
   * A fenced block.
   *
   * @param line the line of its fence, from 1
   * @param language the first word after the fence, in lower case; empty if there is none
   * @param lines its lines, without their common indentation
   */
  record Block(int line, String language, List<String> lines) {}

  /** A link or an image, and its line, from 1. */
  record Link(int line, String target) {}

  /** Reads a document. */
  static Markdown of(List<String> lines) {
    return new Reader(lines).read();
  }

  /** Confined to {@link #of}. */
  private static final class Reader {
    private final List<String> lines;
    private final List<Block> blocks = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Link> references = new ArrayList<>();
    private final Set<String> definitions = new LinkedHashSet<>();
    private final Set<String> anchors = new LinkedHashSet<>();
    private final Map<String, Integer> slugs = new HashMap<>();

    Reader(List<String> lines) {
      this.lines = lines;
    }

    Markdown read() {
      for (int i = 0; i < lines.size(); i++) {
        Matcher fence = FENCE.matcher(lines.get(i));
        if (fence.matches() && !fence.group(2).contains("`")) {
          i = readBlock(i, fence);
        } else {
          readText(i);
        }
      }
      for (Link reference : references) {
        if (!definitions.contains(reference.target())) {
          links.add(new Link(reference.line(), "[" + reference.target() + "]"));
        }
      }
      return new Markdown(List.copyOf(blocks), List.copyOf(links), Set.copyOf(anchors));
    }

    /** Returns the index of the line that ends the block. */
    private int readBlock(int start, Matcher fence) {
      String opening = lines.get(start).substring(0, fence.start(1));
      boolean quoted = opening.contains(">");
      List<String> code = new ArrayList<>();
      int i = start + 1;
      for (; i < lines.size(); i++) {
        String line = quoted ? lines.get(i).replaceFirst("^ *> ?", "") : lines.get(i);
        String mark = line.strip();
        if (mark.startsWith(fence.group(1)) && mark.chars().distinct().count() == 1) {
          break;
        }
        code.add(line.stripTrailing());
      }
      String[] info = fence.group(2).strip().split("[\\s{,]", 2);
      blocks.add(new Block(start + 1, info[0].toLowerCase(Locale.ROOT), Lines.dedent(code)));
      return i;
    }

    private void readText(int i) {
      String line = lines.get(i);
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        addHeading(heading.group(1));
      } else if (i > 0 && UNDERLINE.matcher(line).matches() && !lines.get(i - 1).isBlank()) {
        addHeading(lines.get(i - 1));
      }
      String text = CODE_SPAN.matcher(line).replaceAll("");
      HTML_ANCHOR.matcher(text).results().forEach(found -> anchors.add(found.group(1)));
      Matcher definition = DEFINITION.matcher(text);
      if (definition.matches()) {
        definitions.add(definition.group(1).toLowerCase(Locale.ROOT));
        links.add(new Link(i + 1, definition.group(2)));
      }
      for (Pattern pattern : List.of(LINK, HTML_LINK)) {
        pattern.matcher(text).results().forEach(it -> links.add(new Link(i + 1, it.group(1))));
      }
      REFERENCE
          .matcher(text)
          .results()
          .map(it -> new Link(i + 1, it.group(1).toLowerCase(Locale.ROOT)))
          .forEach(references::add);
    }

    private void addHeading(String markdown) {
      String slug = slug(markdown);
      int before = slugs.merge(slug, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? slug : slug + "-" + before);
    }
  }

  /** Returns GitHub's anchor of a heading: lower case, without punctuation, hyphenated. */
  private static String slug(String heading) {
    String shown =
        heading
            .strip()
            .replaceAll("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
            .replaceAll("<[^>]+>", "")
            .replaceAll("(?<![\\p{L}\\p{N}`])_([^_]+)_(?![\\p{L}\\p{N}`])", "$1");
    return shown
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == ' ')
        .mapToObj(Character::toString)
        .collect(Collectors.joining())
        .replace(' ', '-');
  }
}
