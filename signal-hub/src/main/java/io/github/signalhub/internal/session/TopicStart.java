package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.StartId;
import java.util.Optional;

/**
 * Where a topic begins for a session. This is decided before the application is told of the join.
 * The session joins the topic after that, so the application can send a state in between. Nothing
 * of the topic that is newer than this place is sent before the state, and nothing is left out.
 * Immutable.
 *
 * @param asked the id after which the client asked to begin, or {@code null}
 * @param continues whether the session goes on there: all later messages are retained
 * @param begin the id after which the topic begins, as for {@link Session#join}
 * @param here the newest offset when this was decided; what the application sends is newer
 */
public record TopicStart(String topic, StartId asked, boolean continues, StartId begin, long here) {
  /**
   * Decides where a topic begins. A stream begins after the asked id, if all later messages are
   * retained. Otherwise it begins here: the application's state stands for what came before. A
   * table begins as it would without the application.
   *
   * @param here the offset after which the session is owed the topic's messages
   */
  static TopicStart of(HubLog log, long here, String topic, StartId asked) {
    long offset = asked == null ? 0 : log.offset(asked, here);
    boolean continues = offset > 0 && offset >= log.floor(topic);
    StartId begin = continues ? asked : StartId.of(log.id(here));
    return new TopicStart(topic, asked, continues, log.isCompacted(topic) ? asked : begin, here);
  }

  /** Returns the id after which the client goes on with the state that it has, if it does. */
  public Optional<String> after() {
    return continues ? Optional.of(asked.text()) : Optional.empty();
  }

  /**
   * Returns whether the client asked for messages that may be missing. Offset 0 asks for none: it
   * is before every state.
   */
  public boolean isLost() {
    return asked != null && !continues && !(asked.isWellFormed() && asked.id().offset() == 0);
  }

  /**
   * Returns the id that the client asks for if its link is cut before it joins. It is the same
   * again, or that of offset 0, which asks for the state.
   */
  String askedAgain(HubLog log) {
    boolean again = continues || isLost() && asked.isWellFormed();
    return again ? asked.text() : log.id(0).toString();
  }
}
