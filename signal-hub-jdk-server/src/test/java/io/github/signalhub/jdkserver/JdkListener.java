package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The events of one client of the JDK, in words. */
public final class JdkListener implements WebSocket.Listener {
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private int binaryBytes;

  /**
   * Waits for the next event. It is an unchanged text, {@code binary} with the number of bytes,
   * {@code pong} with its text, or {@code closed} with code and reason; {@code null} if none comes.
   */
  public String next() throws InterruptedException {
    return received.poll(30, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      received.add(text.toString());
      text.setLength(0);
    }
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    binaryBytes += data.remaining();
    if (last) {
      received.add("binary " + binaryBytes);
      binaryBytes = 0;
    }
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    received.add("pong " + UTF_8.decode(message));
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    received.add(("closed " + code + " " + reason).strip());
    return null;
  }
}
