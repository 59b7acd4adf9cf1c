/**
 * The control messages of the hub and of its clients. All messages besides the application's are
 * made or read here.
 *
 * <p>Invariant: nothing here sends, keeps state or runs application code; texts become values, and
 * values become texts. Imports {@code internal.log} for ids, {@code json} and {@code spi}. Read
 * {@code ControlMessage} first: it lists all control messages.
 */
package io.github.signalhub.internal.control;
