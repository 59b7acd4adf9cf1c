package io.github.signalhub.redis.internal.engine;

/**
 * Where a hub is, as {@code join.lua} says it. Immutable.
 *
 * @param epoch the epoch
 * @param base the epoch's first offset
 * @param last the newest offset
 * @param first the oldest offset that the stream has; one after {@code last} if it has none
 * @param by the node that began the epoch
 * @param millis the server's time
 */
record Position(String epoch, long base, long last, long first, String by, long millis) {
  static Position of(Object answer) {
    return new Position(
        Answer.text(answer, 1),
        Answer.number(answer, 2),
        Answer.number(answer, 3),
        Answer.number(answer, 4),
        Answer.text(answer, 5),
        Answer.number(answer, 6));
  }
}
