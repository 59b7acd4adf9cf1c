package io.github.signalhub.admission;

/**
 * Decides which clients may connect, as which users, and which topics they follow.
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
 * <p>Without a hook, clients of every allowed origin may connect, without a user. Requests for
 * topics get 403 then.
 */
@FunctionalInterface
public interface HandshakeHook {
  /**
   * Decides about one client. Called by many threads at once, never by two for the same client. It
   * may block: the server of this library calls it on threads for hooks, and cuts a handshake that
   * is not decided within its timeout.
   *
   * <p>If {@code HubUser.leave} or {@code HubUser.disconnect} takes something from the user during
   * this call, the client does not get it.
   *
   * @param request a valid handshake of an allowed origin
   * @return the decision, never {@code null}
   * @throws Exception if it fails; a warning is logged, and the client gets 500
   */
  HandshakeDecision decide(ConnectRequest request) throws Exception;
}
