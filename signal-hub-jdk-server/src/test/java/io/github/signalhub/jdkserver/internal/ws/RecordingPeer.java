package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A protocol under test, with everything that it reports as lines of text. */
class RecordingPeer implements WebSocketProtocol.Handler {
  final List<String> events = new ArrayList<>();
  final PartialMessageBudget memory;
  private final Object group;
  int wanted;
  int windows; // taken
  boolean hasWindowRoom = true;
  final WebSocketProtocol protocol;
  Runnable onEvent = () -> {};

  RecordingPeer() {
    this(WebSocketLimits.DEFAULT);
  }

  RecordingPeer(WebSocketLimits limits) {
    this(limits, new PartialMessageBudget(Long.MAX_VALUE));
  }

  RecordingPeer(WebSocketLimits limits, PartialMessageBudget memory) {
    this(limits, memory, "127.0.0.1");
  }

  RecordingPeer(WebSocketLimits limits, PartialMessageBudget memory, Object group) {
    this.memory = memory;
    this.group = group;
    protocol =
        new WebSocketProtocol(limits, memory, this, new PermessageDeflate(0), Optional.empty());
  }

  RecordingPeer(WebSocketLimits limits, PermessageDeflate deflate, DeflateParameters agreed) {
    memory = new PartialMessageBudget(Long.MAX_VALUE);
    group = this;
    protocol = new WebSocketProtocol(limits, memory, this, deflate, Optional.of(agreed));
  }

  /** Feeds these bytes, at most {@code chunk} at a time. */
  RecordingPeer receives(int chunk, byte[] wire) {
    for (int from = 0; from < wire.length; ) {
      int length = Math.min(chunk, wire.length - from);
      protocol.receive(ByteBuffer.wrap(wire, from, length));
      from += length;
    }
    return this;
  }

  RecordingPeer receives(String hex) {
    return receives(Integer.MAX_VALUE, Wire.bytes(hex));
  }

  /** Accepts all waiting control frames, and returns them as hex digits. */
  String writes() {
    ByteBuffer out = ByteBuffer.allocate(1024);
    protocol.acceptedControl(protocol.peekControl(out));
    byte[] written = new byte[out.flip().remaining()];
    out.get(written);
    return Wire.hex(written);
  }

  @Override
  public void text(byte[] utf8) {
    report("text " + new String(utf8, StandardCharsets.UTF_8));
  }

  @Override
  public void binary(byte[] bytes) {
    report("binary " + Wire.hex(bytes));
  }

  @Override
  public void pong(byte[] payload) {
    report("pong " + Wire.hex(payload));
  }

  @Override
  public boolean takeWindowRoom() {
    windows += hasWindowRoom ? 1 : 0;
    return hasWindowRoom;
  }

  @Override
  public Object memoryGroup() {
    return group;
  }

  @Override
  public void memoryWanted() {
    wanted++;
  }

  @Override
  public void closed(int code, String reason) {
    report("closed " + code + " " + reason);
  }

  @Override
  public void failed(int closeCode, String why) {
    report("failed " + closeCode + " " + why);
  }

  private void report(String event) {
    events.add(event);
    onEvent.run();
  }
}
