package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the JDK's client receives, in words. For one client. */
public final class JdkListener implements WebSocket.Listener {
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private int binaryBytes;

  /**
   * Waits for what comes next: a text as it is, {@code binary} and how many bytes, {@code pong} and
   * its text, {@code closed} and the code and the reason; {@code null} if nothing does.
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
