package io.github.signalhub.guides;

import io.github.signalhub.Hub;
import java.util.ArrayList;
import java.util.List;

/** State that pages show: entries that are added and never changed. Thread-safe. */
final class EntryBook {
  /** The first content of a page, and the id after which it follows the hub. */
  record Snapshot(String lastId, List<Entry> entries) {}

  record Entry(int number, String text) {}

  private final Hub hub;
  private final List<Entry> entries = new ArrayList<>();

  EntryBook(Hub hub) {
    this.hub = hub;
  }

  synchronized void add(String text) {
    Entry entry = new Entry(entries.size() + 1, text);
    entries.add(entry); // first the state
    hub.topic("entries").publish("ENTRY", entry).orThrow(); // then the message
  }

  Snapshot snapshot() {
    String lastId = hub.lastId(); // first the id
    return new Snapshot(lastId, entries()); // then the state
  }

  /**
   * Sends the entries to each client that joins the topic, before what is published from then on.
   */
  void sendAtJoin() {
    hub.onJoin(
        "entries",
        (client, join) -> {
          if (join.after().isEmpty()) { // else it has them
            client.send("ENTRIES", entries()).orThrow();
          }
        });
  }

  private synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }
}
