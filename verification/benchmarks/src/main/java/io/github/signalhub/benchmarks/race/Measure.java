package io.github.signalhub.benchmarks.race;

/** A figure of one server in one round. Immutable. */
public enum Measure {
  CPU_1("window 1", "µs"),
  CPU_16("window 16", "µs"),
  CPU_64("window 64", "µs"),
  P50("p50", "ms"),
  P99("p99", "ms"),
  P999("p99.9", "ms"),
  PACED_CPU("of a core", "%"),
  HEAP("heap of an idle client", "bytes"),
  OBJECTS("its objects", ""),
  HANDSHAKE("CPU of a handshake", "µs"),
  START("from the start to the first client", "ms"),
  IDLE_CPU("idle, of a core", "%"),
  WIRE_BYTES("bytes on the wire", ""),
  PUBLISH("publication", "ns"),
  PUBLISH_BYTES("allocated", "bytes"),
  WAKE_UPS("most wake-ups", ""),
  HTTP_RATE("requests a second", ""),
  HTTP_CPU("CPU of a request", "µs"),
  LOST("lost", ""),
  REPEATED("repeated", ""),
  STALLS("stalls", ""),
  CLOSED("closed", ""),
  LATE("late", ""),
  SKIPPED("skipped", ""),
  SINGLE("CPU of Redis for a single message", "µs"),
  FLOOD("messages a second in a flood", ""),
  BATCHED("CPU of Redis for a message of a flood", "µs"),
  REDIS_BYTES("memory of Redis for a message", "bytes"),
  LATE_NODE("a node that comes late is ready after", "ms"),
  BACK("Redis is back, and a message comes after", "ms"),
  GENERATOR_CPU("CPU of the generator for a delivery at window 1", "µs"),
  COMPILERS("compilers, of the server's CPU", "%"),
  OTHERS("other processes, of a core", "%");

  private static final Measure[] CPU = {CPU_1, CPU_16, CPU_64};

  final String title;
  final String unit;

  Measure(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  /** Returns the CPU of a delivery at each window. */
  static Measure[] cpu() {
    return CPU.clone();
  }

  /** Returns the CPU of a delivery at a window. */
  static Measure cpu(int window) {
    return valueOf("CPU_" + window);
  }

  /** Returns the title with the unit. */
  public String label() {
    return unit.isEmpty() ? title : title + ", " + unit;
  }
}
