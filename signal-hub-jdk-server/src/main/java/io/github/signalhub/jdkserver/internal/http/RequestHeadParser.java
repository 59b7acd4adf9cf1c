package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Incremental parser of request heads (RFC 9112 §2 to §5). Accepts bytes in any chunking, keeps at
 * most one line besides the finished fields, and fails at the first byte that cannot belong to an
 * acceptable head. It is strict where lenient parsers have let requests be smuggled: lines end in
 * CRLF, no line is folded, no space stands before a colon.
 *
 * <p>After a head it is ready for the next one of the connection. After a failure it repeats the
 * failure. Not thread-safe: confined to the connection's event loop.
 */
public final class RequestHeadParser {
  private static final int MAX_EMPTY_LINES = 2; // RFC 9112 §2.2 asks for at least one
  private static final int INITIAL_LINE_BYTES = 256;
  private static final String VERSION_PREFIX = "HTTP/";

  private enum State {
    START,
    EMPTY_LINE_LF,
    METHOD,
    TARGET,
    VERSION,
    REQUEST_LINE_LF,
    FIELD_START,
    FIELD_NAME,
    FIELD_VALUE,
    FIELD_LF,
    END_LF
  }

  private final HttpLimits limits;
  private State state = State.START;
  private HttpException failure;
  private int emptyLines;
  private int headBytes;
  private int lineBytes;
  private byte[] text = new byte[0];
  private int textBytes;
  private String method;
  private String target;
  private RequestTarget parsedTarget;
  private HttpVersion version;
  private String fieldName;
  private List<String> fields = new ArrayList<>();

  /** Creates a parser with these limits. */
  public RequestHeadParser(HttpLimits limits) {
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * Returns whether part of a head has come. A connection that falls silent now left a request
   * unfinished. Otherwise it was idle.
   */
  public boolean isInsideHead() {
    return state != State.START || emptyLines > 0;
  }

  /**
   * Returns the next head, leaving {@code in} right after it; {@code null} if {@code in} ran out.
   *
   * @throws HttpException if the head is not acceptable; {@code in} is left right after the first
   *     byte that shows it
   */
  public RequestHead parse(ByteBuffer in) {
    requireNonNull(in, "in");
    if (failure != null) {
      throw failure;
    }
    try {
      while (in.hasRemaining()) {
        if (accept(in.get() & 0xFF)) {
          return finish();
        }
      }
      return null;
    } catch (HttpException e) {
      failure = e;
      text = new byte[0];
      fields = List.of();
      throw e;
    }
  }

  private boolean accept(int c) {
    count(c);
    switch (state) {
      case START -> start(c);
      case EMPTY_LINE_LF -> {
        expectLf(c);
        state = State.START;
        lineBytes = 0;
      }
      case METHOD -> method(c);
      case TARGET -> target(c);
      case VERSION -> version(c);
      case REQUEST_LINE_LF, FIELD_LF -> {
        expectLf(c);
        state = State.FIELD_START;
        lineBytes = 0;
      }
      case FIELD_START -> fieldStart(c);
      case FIELD_NAME -> fieldName(c);
      case FIELD_VALUE -> fieldValue(c);
      case END_LF -> {
        expectLf(c);
        return true;
      }
    }
    return false;
  }

  private void count(int c) {
    boolean inRequestLine = state.compareTo(State.REQUEST_LINE_LF) <= 0;
    int maxLineBytes = inRequestLine ? limits.maxRequestLineBytes() : limits.maxFieldLineBytes();
    headBytes++;
    if (c != '\r' && c != '\n') {
      lineBytes++;
    }
    if (lineBytes <= maxLineBytes && headBytes <= limits.maxHeadBytes()) {
      return;
    }
    if (state == State.METHOD) {
      throw tooLong(501, "the method is too long (RFC 9112 §3)");
    }
    throw inRequestLine
        ? tooLong(414, "the request line is too long")
        : tooLong(431, "the header fields are too long");
  }

  private static HttpException tooLong(int status, String message) {
    return HttpException.beyond(HttpLimits.Kind.HEAD_BYTES, status, message);
  }

  private void start(int c) {
    if (HttpChars.isToken(c)) {
      state = State.METHOD;
      append(c);
    } else if (c != '\r') {
      throw OtherProtocol.beginningWith(c, emptyLines);
    } else if (++emptyLines > MAX_EMPTY_LINES) {
      throw new HttpException(400, "too many empty lines before a request (RFC 9112 §2.2)");
    } else {
      state = State.EMPTY_LINE_LF;
    }
  }

  private void method(int c) {
    if (HttpChars.isToken(c)) {
      append(c);
    } else if (c == ' ' && textBytes > 0) {
      method = takeText();
      state = State.TARGET;
    } else {
      throw new HttpException(400, "expected a method, then one space (RFC 9112 §3)");
    }
  }

  private void target(int c) {
    if (c > ' ' && c < 0x7F && c != '#') {
      append(c);
    } else if (c == ' ' && textBytes > 0) {
      target = takeText();
      parsedTarget = RequestTarget.parse(method, target);
      state = State.VERSION;
    } else {
      throw OtherProtocol.after(method, "expected a request target, then one space (RFC 9112 §3)");
    }
  }

  private void version(int c) {
    int at = textBytes;
    boolean expected =
        switch (at) {
          case 0, 1, 2, 3, 4 -> c == VERSION_PREFIX.charAt(at);
          case 5, 7 -> HttpChars.isDigit(c);
          case 6 -> c == '.';
          default -> c == '\r';
        };
    if (!expected) {
      throw new HttpException(400, "expected HTTP/1.1, then CRLF (RFC 9112 §2.3)");
    }
    if (c == '\r') {
      textBytes = 0;
      state = State.REQUEST_LINE_LF;
      return;
    }
    append(c);
    if (textBytes == 8) {
      if (text[5] != '1') {
        throw new HttpException(505, "expected HTTP/1.0 or HTTP/1.1");
      }
      // RFC 9110 §2.5: a later minor version is read as the newest that is known
      version = text[7] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
    }
  }

  private void fieldStart(int c) {
    if (c == '\r') {
      state = State.END_LF;
    } else if (fields.size() / 2 == limits.maxFields()) {
      throw new HttpException(431, "too many header fields");
    } else {
      state = State.FIELD_NAME;
      fieldName(c);
    }
  }

  private void fieldName(int c) {
    if (HttpChars.isToken(c)) {
      append(c);
    } else if (c == ':' && textBytes > 0) {
      fieldName = takeText();
      state = State.FIELD_VALUE;
    } else {
      // also a space at the start of a line (obs-fold, §5.2) or before the colon (§5.1)
      throw new HttpException(400, "expected a field name, then a colon (RFC 9112 §5)");
    }
  }

  private void fieldValue(int c) {
    if (c == '\r') {
      while (textBytes > 0 && HttpChars.isBlank(text[textBytes - 1])) {
        textBytes--;
      }
      fields.add(fieldName);
      fields.add(takeText());
      state = State.FIELD_LF;
    } else if (!HttpChars.isFieldValue(c)) {
      throw new HttpException(400, "control character in a field value (RFC 9110 §5.5)");
    } else if (textBytes > 0 || !HttpChars.isBlank(c)) {
      append(c);
    }
  }

  private RequestHead finish() {
    HttpHeaders headers = HttpHeaders.of(fields);
    checkHost(headers);
    if (!parsedTarget.authority().isEmpty()) {
      headers = headers.replace("Host", parsedTarget.authority());
    }
    RequestHead head = new RequestHead(method, target, version, headers, parsedTarget.uri());
    state = State.START;
    emptyLines = 0;
    headBytes = 0;
    lineBytes = 0;
    text = new byte[0]; // a long-lived connection keeps nothing of its handshake
    method = null;
    target = null;
    parsedTarget = null;
    fieldName = null;
    fields = new ArrayList<>();
    return head;
  }

  private void checkHost(HttpHeaders headers) {
    List<String> hosts = headers.all("Host");
    if (hosts.isEmpty() && version == HttpVersion.HTTP_1_0) {
      return;
    }
    if (hosts.size() != 1 || !Authority.isValid(hosts.get(0))) {
      throw new HttpException(400, "expected exactly one Host, host[:port] (RFC 9112 §3.2)");
    }
  }

  private static void expectLf(int c) {
    if (c != '\n') {
      throw new HttpException(400, "CR without LF (RFC 9112 §2.2)");
    }
  }

  private void append(int c) {
    if (textBytes == text.length) {
      text = Arrays.copyOf(text, Math.max(INITIAL_LINE_BYTES, text.length * 2));
    }
    text[textBytes++] = (byte) c;
  }

  private String takeText() {
    String taken = new String(text, 0, textBytes, StandardCharsets.ISO_8859_1);
    textBytes = 0;
    return taken;
  }
}
