package io.github.signalhub.jdkserver.internal.http;

/** The versions of HTTP that are spoken here. */
public enum HttpVersion {
  /** HTTP/1.0: no chunked bodies, one request per connection unless asked otherwise. */
  HTTP_1_0("HTTP/1.0"),
  /** HTTP/1.1, which also stands for later versions of HTTP/1. */
  HTTP_1_1("HTTP/1.1");

  private final String text;

  HttpVersion(String text) {
    this.text = text;
  }

  /** Returns the version as it stands in a request line, {@code HTTP/1.1} for example. */
  @Override
  public String toString() {
    return text;
  }
}
