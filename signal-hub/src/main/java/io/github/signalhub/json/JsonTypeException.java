package io.github.signalhub.json;

/**
 * A JSON value does not fit the class that it was to become.
 *
 * <p>The message says what was expected, what was there and where. It never contains a value, so it
 * may be logged and sent to a peer. Immutable but for what every exception has.
 */
public final class JsonTypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String expected;
  private final String was;
  private final String place;

  JsonTypeException(String expected, String was, String place, Throwable cause) {
    super("expected " + expected + ", was " + was + " at " + place, cause);
    this.expected = expected;
    this.was = was;
    this.place = place;
  }

  /** Returns what the class takes at this place, such as {@code an integer of 32 bits}. */
  public String expected() {
    return expected;
  }

  /** Returns the kind of value that was there, such as {@code a string}. */
  public String was() {
    return was;
  }

  /** Returns where in the value: a query of JSONPath (RFC 9535) such as {@code $.lines[3].sum}. */
  public String place() {
    return place;
  }
}
