package io.github.signalhub.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames that one client is still to be sent, in its link's {@linkplain WireForm wire form}. A
 * transport takes bytes and reports how many the link {@linkplain #accepted accepted}. Only these
 * count as sent. Bytes that were taken and not accepted are taken again, so a transport needs no
 * buffer per link.
 *
 * <pre>{@code
 * while (outbound.take(buffer.clear()) > 0) {
 *   int written = channel.write(buffer.flip());
 *   outbound.accepted(written);
 *   if (buffer.hasRemaining()) break; // full: go on when the link is writable
 * }
 * }</pre>
 *
 * <p>A frame that was accepted in part is kept until its end is accepted, whatever happens to its
 * message meanwhile. Confined to the link's loop.
 */
public interface Outbound {
  /**
   * Copies bytes into {@code into} until it is full or nothing is left. It goes on where the
   * previous call stopped. A frame may be split at the end. May be called several times before
   * {@link #accepted}.
   *
   * @param into where to copy; its position moves to the end of the copied bytes
   * @return how many bytes were copied; 0 if nothing is left or {@code into} has no room
   */
  int take(ByteBuffer into);

  /**
   * Takes the frames that this link and others at the same place are sent next, all at once. They
   * were copied once for all of these links. The platform has to write them and report how many
   * bytes were {@linkplain #accepted accepted} within the same call of {@link
   * PlatformConnection#flush}, before it takes anything else. {@link #take(ByteBuffer)} takes the
   * rest again.
   *
   * @return the bytes from the position to the limit, read-only, direct and never empty; they are
   *     lost when {@code flush} returns. {@code null} if there is nothing that links share: {@link
   *     #take(ByteBuffer)} may have something
   */
  default @Nullable ByteBuffer takeRun() {
    return null;
  }

  /**
   * Takes one whole frame; for links that accept only whole ones. Not to be mixed with {@link
   * #take(ByteBuffer)}.
   *
   * @return its bytes, read-only, shared with other links and valid for good; {@code null} if
   *     nothing is left
   */
  @Nullable ByteBuffer takeFrame();

  /**
   * Takes whole frames as texts, for links that send texts. The text of a published message is
   * decoded once for all links of its wire form. Until all of it was {@linkplain #accepted
   * accepted}, the same is returned again; {@link #unfinished} tells how many bytes that is. Not to
   * be mixed with the other ways to take.
   *
   * @param most the most texts, at least 1
   * @param mostBytes a further text is taken only while the others have fewer bytes than this
   * @return the texts, in order; unmodifiable, empty if nothing is left
   */
  default List<String> takeTexts(int most, int mostBytes) {
    ByteBuffer frame = takeFrame();
    return frame == null ? List.of() : List.of(StandardCharsets.UTF_8.decode(frame).toString());
  }

  /**
   * Reports that the link accepted the first {@code bytes} of everything taken since the previous
   * report; the rest will be taken again.
   *
   * @return whether there may be more to take at once, besides what was not accepted
   * @throws IllegalArgumentException if it is negative or more than was taken
   */
  boolean accepted(int bytes);

  /**
   * Returns how many bytes are left of a frame that was accepted in part. Until it is 0, nothing
   * else may be written to the link.
   */
  int unfinished();

  /**
   * Ends the outbound. Messages that the hub has for this client now can still be taken, later ones
   * cannot. Idempotent.
   */
  void seal();

  /** Returns whether nothing is left to take and nothing taken is left to accept. */
  boolean isEmpty();
}
