package io.github.signalhub.jdkserver.internal.exchange;

import io.github.signalhub.jdkserver.internal.http.BodyFraming;
import io.github.signalhub.jdkserver.internal.http.RequestHead;

/** Runs one exchange. */
final class ExchangeRunner {
  ExchangeRunner(RequestHead head, BodyFraming framing, ExchangeChannel channel) {}

  void run(HubHttpContext context) {
    throw new UnsupportedOperationException("not written yet");
  }
}
