package io.github.signalhub.testkit.contract;

import io.github.signalhub.Client;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.connection.DisconnectReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls of a hub to its listeners, in order. Thread-safe. */
final class Recorder implements HubListener {
  final List<Client> connected = new CopyOnWriteArrayList<>();
  final List<DisconnectReason> disconnected = new CopyOnWriteArrayList<>();
  final List<Message> messages = new CopyOnWriteArrayList<>();
  final List<String> texts = new CopyOnWriteArrayList<>();
  final List<byte[]> binary = new CopyOnWriteArrayList<>();
  private final boolean acceptsBinary;

  Recorder(boolean acceptsBinary) {
    this.acceptsBinary = acceptsBinary;
  }

  @Override
  public void onConnect(Client client) {
    connected.add(client);
  }

  @Override
  public void onMessage(Client client, Message message) {
    messages.add(message);
  }

  @Override
  public void onText(Client client, String text) {
    texts.add(text);
  }

  @Override
  public void onBinary(Client client, byte[] bytes) {
    binary.add(bytes);
  }

  @Override
  public void onDisconnect(Client client, DisconnectReason reason) {
    disconnected.add(reason);
  }

  @Override
  public boolean acceptsBinary() {
    return acceptsBinary;
  }

  List<Integer> closeCodes() {
    return disconnected.stream().map(DisconnectReason::code).toList();
  }
}
