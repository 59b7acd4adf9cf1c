package io.github.signalhub.examples.web;

import io.github.signalhub.examples.flow.FlowSnapshot;
import io.github.signalhub.examples.flow.StartResult;
import java.util.List;

/** The state that pages show, and their one request. Thread-safe. */
public interface Dashboard {
  /** Returns the current state of every flow. */
  List<FlowSnapshot> flows();

  /** Returns the latest entries of the ledger as payloads of {@code LEDGER_UPDATE}. */
  List<?> entries();

  /** Returns the suggestions as payloads of {@code OPTIMIZATION_AVAILABLE}. */
  List<?> suggestions();

  /** Requests a run of a flow. */
  StartResult start(long flowId);
}
