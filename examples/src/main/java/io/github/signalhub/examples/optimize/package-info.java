/**
 * Suggestions computed from measured node times.
 *
 * <p>Pure functions, and one small class with state. Read {@code Optimizer} first.
 */
package io.github.signalhub.examples.optimize;
