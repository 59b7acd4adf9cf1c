/**
 * Ready-made messages of programs that run flows and keep a ledger: {@code FLOW_STATUS}, {@code
 * LEDGER_UPDATE} and {@code OPTIMIZATION_AVAILABLE}. Their fields are fixed; the React hook knows
 * them by type.
 */
@NullMarked
package io.github.signalhub.flow;

import org.jspecify.annotations.NullMarked;
