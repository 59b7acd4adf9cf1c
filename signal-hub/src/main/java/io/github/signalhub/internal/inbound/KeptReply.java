package io.github.signalhub.internal.inbound;

import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.json.Json;
import io.github.signalhub.json.JsonException;
import java.util.Arrays;
import java.util.List;

/**
 * A reply, as nodes exchange it: one letter, then the answer, or the code and the reason as a JSON
 * array.
 */
final class KeptReply {
  /** An answer with more bytes is not exchanged. Its repeat on another node is told so. */
  static final int MAX_ANSWER_BYTES = 16 * 1024;

  private static final byte DONE = 'd';
  private static final byte ANSWER = 'a';
  private static final byte ERROR = 'e';

  private KeptReply() {}

  /** Returns the bytes of a reply. */
  static byte[] write(Reply reply) {
    if (reply.answerBytes() > MAX_ANSWER_BYTES) {
      return write(Reply.FORGOTTEN);
    } else if (reply.code() != null) {
      return join(ERROR, Json.writeBytes(List.of(reply.code(), reply.reason())));
    }
    return reply.answer() == null ? new byte[] {DONE} : join(ANSWER, reply.answer());
  }

  /** Returns the reply of these bytes; {@link Reply#FORGOTTEN} if they are those of none. */
  static Reply read(byte[] bytes) {
    byte[] rest = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
    return switch (bytes.length == 0 ? 0 : bytes[0]) {
      case DONE -> Reply.DONE;
      case ANSWER -> Reply.answered(rest);
      case ERROR -> error(rest);
      default -> Reply.FORGOTTEN;
    };
  }

  private static Reply error(byte[] json) {
    try {
      if (Json.parse(json) instanceof List<?> parts
          && parts.size() == 2
          && parts.get(0) instanceof String code
          && parts.get(1) instanceof String reason) {
        return new Reply(code, reason);
      }
    } catch (JsonException e) {
      // no hub like this wrote it
    }
    return Reply.FORGOTTEN;
  }

  private static byte[] join(byte letter, byte[] rest) {
    byte[] joined = new byte[rest.length + 1];
    joined[0] = letter;
    System.arraycopy(rest, 0, joined, 1, rest.length);
    return joined;
  }
}
