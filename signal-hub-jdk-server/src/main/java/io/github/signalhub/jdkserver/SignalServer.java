package io.github.signalhub.jdkserver;

/** Placeholder of the server until its rooms exist. */
final class SignalServer {
  private SignalServer() {}
}
