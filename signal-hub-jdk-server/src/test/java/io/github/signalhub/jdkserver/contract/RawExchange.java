package io.github.signalhub.jdkserver.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A client at the level of bytes. It records the responses and the end of the connection. */
final class RawExchange implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;
  private final List<String> seen = new ArrayList<>();
  private boolean ended;

  RawExchange(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends requests and reads as many responses, plus interim ones. */
  void exchange(String requests, int responses) throws IOException {
    if (ended) {
      return;
    }
    try {
      socket.getOutputStream().write(requests.getBytes(ISO_8859_1));
    } catch (SocketException e) {
      // the server has ended the connection, which reading shows
    }
    for (int i = 0; i < responses && !ended; i++) {
      readFinal(requests.startsWith("HEAD "));
    }
  }

  /** Checks whether the connection serves another request, and returns all observations. */
  List<String> seen() throws IOException {
    if (!ended) {
      int before = seen.size();
      exchange("GET /another-request HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 1);
      boolean served = seen.size() > before && seen.get(before).startsWith("HTTP/1.1 204");
      seen.subList(before, seen.size()).clear();
      seen.add(served ? "the next request is served" : "the next request is not served");
    }
    return List.copyOf(seen);
  }

  private void readFinal(boolean head) throws IOException {
    boolean interim = true;
    while (interim && !ended) {
      try {
        interim = read(head);
      } catch (EOFException | SocketException e) {
        ended = true;
        seen.add("the connection ends");
      }
    }
  }

  /** Reads one response. Returns whether it is an interim one. */
  private boolean read(boolean head) throws IOException {
    String status = line();
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      fields.merge(
          line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + " | " + b);
    }
    fields.replace("Date", "…");
    boolean interim = status.startsWith("HTTP/1.1 1");
    boolean bodiless =
        interim || head || status.startsWith("HTTP/1.1 204") || status.startsWith("HTTP/1.1 304");
    seen.add(status);
    if (isOfTheServerItself(fields)) {
      body(fields);
      seen.add("  an answer of the server itself");
    } else {
      fields.forEach((name, value) -> seen.add("  " + name + ": " + value));
      seen.addAll(bodiless ? List.of() : List.of("  body: " + body(fields)));
    }
    if ("close".equalsIgnoreCase(fields.get("Connection")) && in.read() < 0) {
      ended = true;
      seen.add("the connection ends");
    }
    return interim;
  }

  /**
   * Returns whether the server itself made the response. Such texts differ between servers. No
   * handler of the cases sends these types.
   */
  private static boolean isOfTheServerItself(Map<String, String> fields) {
    String type = fields.getOrDefault("Content-type", "");
    return type.equals("text/html") || type.equals("text/plain; charset=utf-8");
  }

  private String body(Map<String, String> fields) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String end = "";
    try {
      if (fields.containsKey("Transfer-encoding")) {
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
          copy(size, body);
          line();
        }
        line();
      } else if (fields.containsKey("Content-length")) {
        copy(Integer.parseInt(fields.get("Content-length")), body);
      } else {
        in.transferTo(body);
      }
    } catch (EOFException | SocketException e) {
      end = " … and then the connection ends";
      ended = true;
    }
    return (body.size() > 100 ? body.size() + " bytes" : body.toString(ISO_8859_1)) + end;
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private void copy(int count, ByteArrayOutputStream to) throws IOException {
    for (int i = 0; i < count; i++) {
      to.write(octet());
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = octet(); c != '\n'; c = octet()) {
      line.write(c);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private int octet() throws IOException {
    int c = in.read();
    if (c < 0) {
      throw new EOFException();
    }
    return c;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
