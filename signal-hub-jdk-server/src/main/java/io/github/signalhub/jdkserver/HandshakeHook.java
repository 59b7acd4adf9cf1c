package io.github.signalhub.jdkserver;

/**
 * Decides which clients may connect, as whom, and what they may follow.
 *
 * <pre>{@code
 * HandshakeHook hook =
 *     request ->
 *         request
 *             .parameter("token")
 *             .flatMap(tokens::userOf)
 *             .map(user -> HandshakeDecision.accept().user(user).topics(request.topics()))
 *             .orElse(HandshakeDecision.refuse(401));
 * }</pre>
 *
 * <p>Without a hook every client of an admissible origin may connect, anonymously, and one that
 * names topics is refused with 403.
 */
@FunctionalInterface
public interface HandshakeHook {
  /**
   * Decides about one client. Called on a thread for hooks, possibly by many threads at once; it
   * may block, but a handshake that is not decided within its timeout is cut.
   *
   * <p>If {@code Hub.revoke} or {@code Hub.disconnect} takes something from the user during this
   * call, the client does not get it.
   *
   * @param request a valid handshake from an admissible origin
   * @return the decision, never {@code null}
   * @throws Exception is logged as a warning and answered with 500
   */
  HandshakeDecision decide(HandshakeRequest request) throws Exception;
}
