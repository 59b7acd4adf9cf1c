package io.github.signalhub.examples.nodes;

import io.github.signalhub.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A client that goes on where it was: it connects again with the last id that it has. Thread-safe.
 */
final class Page implements AutoCloseable {
  /** A message of the hub. */
  record Received(String id, String type, Map<?, ?> payload) {}

  private final URI address;
  private final List<Received> received = new ArrayList<>();
  private String lastId = "";
  private String node = "";
  private int gaps;
  private boolean isOpen;
  private boolean isClosed;
  private WebSocket socket;

  /** Connects, and connects again whenever the connection is lost. */
  Page(int port) {
    address = URI.create("ws://127.0.0.1:" + port + "/ws?signal-hub=1");
    connect();
  }

  private synchronized void connect() {
    if (isClosed) {
      return;
    }
    URI here = lastId.isEmpty() ? address : URI.create(address + "&after=" + lastId);
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(here, new Connection())
        .whenComplete(
            (opened, failure) -> {
              if (failure == null) {
                opened(opened);
              } else {
                again();
              }
            });
  }

  private synchronized void opened(WebSocket opened) {
    socket = opened;
    if (isClosed) {
      socket.abort();
    }
  }

  private void again() {
    synchronized (this) {
      isOpen = false;
      notifyAll();
    }
    CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS).execute(this::connect);
  }

  private synchronized void receive(String text) {
    Map<?, ?> message = (Map<?, ?>) Json.parse(text);
    String type = (String) message.get("type");
    Map<?, ?> payload = (Map<?, ?>) message.get("payload");
    if (type.equals("$hello")) {
      lastId = (String) payload.get("id");
      node = nodeOf((List<?>) payload.get("topics"));
      isOpen = true;
    } else if (type.equals("$gap")) {
      gaps++;
    } else if (!type.startsWith("$")) {
      lastId = (String) message.get("id");
      received.add(new Received(lastId, type, payload));
    }
    notifyAll();
  }

  private static String nodeOf(List<?> topics) {
    return topics.stream()
        .map(String::valueOf)
        .filter(topic -> topic.startsWith("node:"))
        .findFirst()
        .orElseThrow()
        .substring("node:".length());
  }

  /** Waits until the page is connected to another node than this one. Returns its name. */
  synchronized String awaitNodeOtherThan(String former) throws InterruptedException {
    while (!isOpen || node.equals(former)) {
      wait();
    }
    return node;
  }

  /** Waits for a message, which may have come already. */
  synchronized Received await(Predicate<Received> wanted) throws InterruptedException {
    while (true) {
      Optional<Received> found = received.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      wait();
    }
  }

  /** Returns all messages of a type so far. */
  synchronized List<Received> all(String type) {
    return received.stream().filter(message -> message.type().equals(type)).toList();
  }

  /** Returns the ids of all messages so far, in the order in which they came. */
  synchronized List<String> ids() {
    return received.stream().map(Received::id).toList();
  }

  /** Returns how often the page was told that messages are missing. */
  synchronized int gaps() {
    return gaps;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    if (socket != null) {
      socket.abort();
    }
  }

  /** One connection. Confined to the thread that calls it. */
  private final class Connection implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      again();
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      again();
    }
  }
}
