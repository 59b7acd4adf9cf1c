package io.github.signalhub.testkit.contract;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Decides which clients may connect, as whom, and what they follow. Thread-safe. */
@FunctionalInterface
public interface Doorkeeper {
  /**
   * Decides about one client, whose origin is admissible and whose query is valid.
   *
   * @param parameters of the query, decoded
   * @param topics that the client asks for
   * @throws Exception is answered with 500
   */
  Decision decide(Map<String, List<String>> parameters, List<String> topics) throws Exception;

  /**
   * A decision.
   *
   * @param status 101, or the status of a refusal
   * @param user the client's name, if it has one
   * @param topics the topics that it follows
   */
  record Decision(int status, Optional<String> user, Collection<String> topics) {
    /** Checks that nothing is {@code null}. */
    public Decision {
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(topics, "topics");
    }

    /** Refuses a client with this status. */
    public static Decision refuse(int status) {
      return new Decision(status, Optional.empty(), List.of());
    }
  }
}
