package io.github.signalhub.guides;

import io.github.signalhub.Client;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The logged-in users, and the topics that every user may follow. Thread-safe. */
final class Logins {
  private final Map<String, String> userBySession = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> topicsByUser = new ConcurrentHashMap<>();

  void begin(String session, String user, String... topics) {
    userBySession.put(session, user);
    topicsByUser.computeIfAbsent(user, it -> ConcurrentHashMap.newKeySet()).addAll(List.of(topics));
  }

  void end(String user) {
    userBySession.values().removeIf(user::equals);
  }

  void takeTopic(String user, String topic) {
    topicsByUser.getOrDefault(user, ConcurrentHashMap.newKeySet()).remove(topic);
  }

  Optional<String> userOf(String session) {
    return Optional.ofNullable(userBySession.get(session));
  }

  boolean mayFollow(String user, String topic) {
    return topicsByUser.getOrDefault(user, Set.of()).contains(topic);
  }

  HandshakeDecision decide(ConnectRequest request) {
    Optional<String> user = cookie(request, "SESSION").flatMap(this::userOf);
    if (user.isEmpty()) {
      return HandshakeDecision.refuse(401, "log in first");
    }
    List<String> topics = request.topics();
    if (!topics.stream().allMatch(topic -> mayFollow(user.get(), topic))) {
      return HandshakeDecision.refuse(403, "not your topics");
    }
    return HandshakeDecision.accept().user(user.get()).topics(topics);
  }

  boolean mayJoin(Client client, String topic) {
    return client.user().filter(user -> mayFollow(user, topic)).isPresent();
  }

  /** Returns the value of a cookie. */
  static Optional<String> cookie(ConnectRequest request, String name) {
    return request.headers("Cookie").stream()
        .flatMap(line -> Arrays.stream(line.split("; *")))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .findFirst();
  }
}
