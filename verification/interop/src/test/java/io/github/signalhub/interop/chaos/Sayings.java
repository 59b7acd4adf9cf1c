package io.github.signalhub.interop.chaos;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The statements of clients, with numbers as {@code ref}, and how often the hub heard them. */
final class Sayings {
  private Sayings() {}

  /** The statements of one client. Confined to its thread. */
  static final class Said {
    private final int speaker;
    private final TreeMap<Integer, String> unanswered = new TreeMap<>();
    private int count;

    Said(int speaker) {
      this.speaker = speaker;
    }

    /** Returns the next statement. */
    String next() {
      int ref = count++;
      String text =
          "{\"type\":\"SAY\",\"payload\":{\"speaker\":%d,\"count\":%d},\"ref\":%d}"
              .formatted(speaker, ref, ref);
      unanswered.put(ref, text);
      return text;
    }

    /** Returns the unanswered statements in order, for repetition. */
    List<String> unanswered() {
      return new ArrayList<>(unanswered.values());
    }

    void answered(Map<?, ?> ack) {
      int ref = ((Number) ack.get("ref")).intValue();
      Following.expect(unanswered.remove(ref) != null, "answered twice, or never said: " + ack);
    }

    int speaker() {
      return speaker;
    }

    int count() {
      return count;
    }
  }

  /** Counts how often a hub heard each statement, by speaker and number. Thread-safe. */
  static final class Heard implements HubListener {
    private final Map<String, Integer> times = new ConcurrentHashMap<>();

    static Heard by(Hub hub) {
      Heard heard = new Heard();
      hub.addListener(heard);
      return heard;
    }

    @Override
    public void onMessage(Client client, Message message) {
      Map<?, ?> payload = (Map<?, ?>) message.payload();
      times.merge(payload.get("speaker") + "/" + payload.get("count"), 1, Integer::sum);
    }

    /** Returns how often the hub heard this statement. */
    int times(int speaker, int count) {
      return times.getOrDefault(speaker + "/" + count, 0);
    }
  }
}
