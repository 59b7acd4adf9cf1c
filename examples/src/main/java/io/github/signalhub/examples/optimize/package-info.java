/**
 * Suggestions computed from measured node times.
 *
 * <p>Pure functions under one small stateful class. Read {@code Optimizer} first.
 */
package io.github.signalhub.examples.optimize;
