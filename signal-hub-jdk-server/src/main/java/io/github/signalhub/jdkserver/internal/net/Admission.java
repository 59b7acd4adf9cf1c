package io.github.signalhub.jdkserver.internal.net;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.spi.HandshakeQuery;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** Decides who may connect: the application's hook, as this room sees it. Thread-safe. */
@FunctionalInterface
public interface Admission {
  /**
   * Decides one handshake. Runs on a thread for hooks and may block, within the handshake's
   * deadline.
   *
   * @throws Exception is answered with 500
   */
  Verdict decide(Request request) throws Exception;

  /**
   * A valid handshake of an admissible origin.
   *
   * @param head the request
   * @param query what it asks for
   * @param remoteAddress of the peer
   */
  record Request(RequestHead head, HandshakeQuery query, InetSocketAddress remoteAddress) {}

  /** What was decided. */
  sealed interface Verdict permits Admitted, Denied {}

  /**
   * The client may connect.
   *
   * @param user who it is, if that is known
   * @param topics what it may follow besides broadcasts
   */
  record Admitted(Optional<String> user, Set<String> topics) implements Verdict {
    /** Nobody in particular, broadcasts only. */
    static final Admitted ANONYMOUS = new Admitted(Optional.empty(), Set.of());

    /** Copies the topics. */
    public Admitted {
      requireNonNull(user, "user");
      topics = Set.copyOf(topics);
    }
  }

  /**
   * The client may not connect.
   *
   * @param status the answer's status, 400 to 599
   * @param reason the answer's text
   */
  record Denied(int status, String reason) implements Verdict {}
}
