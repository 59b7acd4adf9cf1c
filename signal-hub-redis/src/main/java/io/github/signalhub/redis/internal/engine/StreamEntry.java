package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import java.util.List;

/**
 * An entry of the stream, as {@code publish.lua} wrote it. Immutable.
 *
 * @param offset its place
 * @param node the node that published it; empty if it came from a table
 * @param sequence the node's number for it
 * @param millis when it was placed, by the server's clock
 */
record StreamEntry(
    long offset,
    String node,
    long sequence,
    long millis,
    Kind kind,
    String topic,
    String key,
    byte[] body) {

  /** Reads an entry. The mark that the next epoch began has no node and no kind. */
  static StreamEntry of(Object answer) {
    long offset = offset(Answer.text(answer, 0));
    List<?> fields = (List<?>) ((List<?>) answer).get(1);
    if (fields.size() == 2) {
      return new StreamEntry(offset, "", 0, 0, null, "", "", new byte[0]);
    }
    String source = Answer.text(fields, 1);
    int colon = source.indexOf(':');
    return new StreamEntry(
        offset,
        source.substring(0, Math.max(0, colon)),
        colon < 0 ? 0 : Long.parseLong(source.substring(colon + 1)),
        Answer.number(fields, 3),
        kind(Answer.text(fields, 5)),
        Answer.text(fields, 7),
        Answer.text(fields, 9),
        (byte[]) fields.get(11));
  }

  static String name(Kind kind) {
    return switch (kind) {
      case MESSAGE -> "message";
      case ROW -> "row";
      case DELETION -> "deletion";
      case REMOVAL -> "removal";
    };
  }

  /** Returns whether this is the last entry of its epoch, which names no publication. */
  boolean isEnd() {
    return kind == null;
  }

  Placed placed(long nowMillis) {
    boolean removes = kind == Kind.REMOVAL;
    return new Placed(
        offset,
        kind,
        topic,
        removes ? "" : key,
        removes ? Long.parseLong(key) : 0,
        body,
        Clock.age(nowMillis, millis));
  }

  private static long offset(String id) {
    return Long.parseLong(id.substring(0, id.indexOf('-')));
  }

  private static Kind kind(String name) {
    return switch (name) {
      case "message" -> Kind.MESSAGE;
      case "row" -> Kind.ROW;
      case "deletion" -> Kind.DELETION;
      case "removal" -> Kind.REMOVAL;
      default -> throw new IllegalStateException("expected a kind of entry, was " + name);
    };
  }
}
