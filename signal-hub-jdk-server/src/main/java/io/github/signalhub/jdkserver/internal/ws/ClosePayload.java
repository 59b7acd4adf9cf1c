package io.github.signalhub.jdkserver.internal.ws;

import java.nio.charset.StandardCharsets;

/**
 * The payload of a received close frame (RFC 6455 §5.5.1). Immutable.
 *
 * @param code {@link CloseCodes#NO_STATUS} if the payload was empty
 * @param reason empty if there was none
 */
record ClosePayload(int code, String reason) {
  static ClosePayload parse(byte[] payload) throws ProtocolException {
    if (payload.length == 0) {
      return new ClosePayload(CloseCodes.NO_STATUS, "");
    }
    if (payload.length == 1) {
      throw new ProtocolException(
          CloseCodes.PROTOCOL_ERROR, "a close payload must begin with a code (RFC 6455 §5.5.1)");
    }
    int code = (payload[0] & 0xFF) << Byte.SIZE | payload[1] & 0xFF;
    if (!CloseCodes.isReceivable(code)) {
      throw new ProtocolException(
          CloseCodes.PROTOCOL_ERROR, "close codes must be valid on the wire (RFC 6455 §7.4)");
    }
    Utf8Validator utf8 = new Utf8Validator();
    if (!utf8.accept(payload, Short.BYTES, payload.length) || !utf8.isComplete()) {
      throw new ProtocolException(
          CloseCodes.INVALID_PAYLOAD, "close reasons must be valid UTF-8 (RFC 6455 §5.5.1)");
    }
    String reason =
        new String(payload, Short.BYTES, payload.length - Short.BYTES, StandardCharsets.UTF_8);
    return new ClosePayload(code, reason);
  }
}
