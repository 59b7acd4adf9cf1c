package io.github.signalhub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonException;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fuzz target: any lines as the messages of a client to a hub. {@code EPOCH} in them stands for the
 * hub's epoch. A line is answered once if it is a request, has a {@code ref} or cannot be read.
 * Other lines get no answer. The answer has the {@code ref}. No listener fails, the client stays
 * connected, and the hub holds no more topics than one client may follow.
 */
public final class ClientMessagesFuzz {
  private static final String SESSION = "0123456789abcdef0123456789abcdef";
  private static final Set<String> ANSWERS = Set.of("$ack", "$error", "$joined", "$left");
  private static final int MAX_TOPICS = 4;
  private static final int MAX_LINES = 200;
  private static final int OTHER_TOPICS = 2; // the topic of broadcasts, and the one with messages

  private ClientMessagesFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    Room room =
        new Room(
            Hub.builder()
                .maxTopicsPerClient(MAX_TOPICS)
                .authorizeJoins((client, topic) -> !topic.startsWith("no")));
    try {
      room.hub.onMessage(ClientMessagesFuzz::listen);
      room.publish("flow", 0, 5);
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).session(SESSION).topic("a"));
      room.run();
      String epoch = room.hub.lastId().substring(0, 16);
      new String(data, UTF_8)
          .lines()
          .limit(MAX_LINES)
          .forEach(line -> say(room, link, line.replace("EPOCH", epoch)));
    } finally {
      room.hub.close(Duration.ZERO);
    }
  }

  private static void listen(Client client, Message message) {
    if (message.type().startsWith("no")) {
      throw new RefusedException("no");
    }
  }

  private static void say(Room room, MemoryLink link, String text) {
    int before = link.received().size();
    link.send(text);
    room.run();
    List<Map<String, Object>> answers =
        link.received().stream()
            .skip(before)
            .map(Room::json)
            .filter(message -> ANSWERS.contains(message.get("type")))
            .toList();

    require(answers.size() == answersDue(text), text, answers);
    for (Map<String, Object> answer : answers) {
      Object ref = ((Map<?, ?>) answer.get("payload")).get("ref");
      require(java.util.Objects.equals(ref, refOf(text)), text, answers);
    }
    HubStats stats = room.hub.stats();
    require(stats.failedCallbacks() == 0 && stats.clients() == 1, text, stats);
    require(link.closeReason().isEmpty() && link.isReadEnabled(), text, link.closeReason());
    require(stats.topics() <= MAX_TOPICS + OTHER_TOPICS, text, stats);
    require(stats.retainedMessages() == 5, text, stats);
  }

  private static int answersDue(String text) {
    Map<?, ?> message = read(text);
    boolean application =
        message != null && message.get("type") instanceof String type && !type.startsWith("$");
    return application && message.get("ref") == null && !"".equals(message.get("type")) ? 0 : 1;
  }

  /** Returns the {@code ref} that the answer must have: the text's own, if it is valid. */
  private static Object refOf(String text) {
    Map<?, ?> message = read(text);
    if (message == null || !(message.get("type") instanceof String type) || type.isEmpty()) {
      return null;
    }
    boolean request = type.equals("$join") || type.equals("$leave");
    if (type.startsWith("$") && !request) {
      return null;
    }
    Object holder = request ? message.get("payload") : message;
    Object ref = holder instanceof Map<?, ?> fields ? fields.get("ref") : null;
    boolean text64 = ref instanceof String s && !s.isEmpty() && s.length() <= 64;
    return ref instanceof Long || text64 ? ref : null;
  }

  private static Map<?, ?> read(String text) {
    try {
      return Json.parse(text) instanceof Map<?, ?> fields ? fields : null;
    } catch (JsonException e) {
      return null;
    }
  }

  private static void require(boolean holds, String text, Object found) {
    if (!holds) {
      throw new AssertionError("said: " + text + ", found: " + found);
    }
  }
}
