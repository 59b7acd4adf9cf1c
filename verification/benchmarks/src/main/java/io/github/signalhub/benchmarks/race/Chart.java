package io.github.signalhub.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws panels of horizontal bars as SVG. A bar ends at a median, and a thin line shows the lowest
 * and the highest value. Not thread-safe.
 */
final class Chart {
  private static final int WIDTH = 760;
  private static final int LABELS = 230; // wide
  private static final int VALUES = 90; // wide, after the longest bar
  private static final int ROW = 22; // high
  private static final int TITLE = 40; // high

  /** The looks of a bar. */
  enum Look {
    FLOOR("#9aa4b2"),
    HUB("#d9480f"),
    PEER("#4c6ef5");

    final String color;

    Look(String color) {
      this.color = color;
    }
  }

  private record Bar(String label, Look look, Results.Spread spread) {}

  private record Panel(String title, List<Bar> bars) {}

  private final String watermark;
  private final List<Panel> panels = new ArrayList<>();

  /** Begins a chart with a line at its top that says what to think of it; may be empty. */
  Chart(String watermark) {
    this.watermark = watermark;
  }

  /** Begins a panel below the last one. */
  void panel(String title) {
    panels.add(new Panel(title, new ArrayList<>()));
  }

  /** Adds a bar to the last panel. */
  void bar(String label, Look look, Results.Spread spread) {
    panels.get(panels.size() - 1).bars.add(new Bar(label, look, spread));
  }

  boolean isEmpty() {
    return panels.stream().allMatch(panel -> panel.bars.isEmpty());
  }

  String svg() {
    int top = watermark.isEmpty() ? 0 : ROW;
    int height = 8 + top + panels.stream().mapToInt(panel -> TITLE + ROW * panel.bars.size()).sum();
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " viewBox=\"0 0 %1$d %2$d\" font-family=\"system-ui, sans-serif\" font-size=\"12\">",
        WIDTH,
        height);
    append(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    append(svg, "<text x=\"12\" y=\"16\" fill=\"#c92a2a\">%s</text>", escape(watermark));
    for (Panel panel : panels) {
      append(
          svg,
          "<text x=\"12\" y=\"%d\" font-size=\"14\" font-weight=\"bold\">%s</text>",
          top + 26,
          escape(panel.title));
      top += TITLE;
      double highest = panel.bars.stream().mapToDouble(bar -> bar.spread.high()).max().orElse(1);
      for (Bar bar : panel.bars) {
        draw(svg, bar, top, (WIDTH - LABELS - VALUES) / highest);
        top += ROW;
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private static void draw(StringBuilder svg, Bar bar, int top, double perUnit) {
    double low = LABELS + bar.spread.low() * perUnit;
    double high = LABELS + bar.spread.high() * perUnit;
    double middle = top + ROW / 2.0 - 1;
    append(
        svg,
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\"%s>%s</text>",
        LABELS - 8,
        middle + 4,
        bar.look == Look.HUB ? " font-weight=\"bold\"" : "",
        escape(bar.label));
    append(
        svg,
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        LABELS,
        top + 2,
        bar.spread.median() * perUnit,
        ROW - 6,
        bar.look.color);
    append(
        svg,
        "<path d=\"M%.1f %.1fH%.1fM%1$.1f %.1fv8M%3$.1f %4$.1fv8\" stroke=\"#1f2933\"/>",
        low,
        middle,
        high,
        middle - 4);
    append(
        svg,
        "<text x=\"%.1f\" y=\"%.1f\">%s</text>",
        high + 8,
        middle + 4,
        Report.number(bar.spread.median()));
  }

  private static void append(StringBuilder svg, String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
