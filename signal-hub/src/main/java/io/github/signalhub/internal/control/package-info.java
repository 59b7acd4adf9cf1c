/**
 * What the hub and its clients tell each other besides the application's messages: the control
 * messages of both sides, each in one place.
 *
 * <p>Invariant: nothing here sends, keeps state or runs application code; texts become values, and
 * values become texts. Imports {@code internal.log} for ids, {@code json} and {@code spi}. Read
 * {@code ControlMessage} first: it lists all control messages.
 */
package io.github.signalhub.internal.control;
