/**
 * Races between two threads. jcstress runs the actors of each test at the same time, millions of
 * times, in the order that compiler and processor choose. It counts the outcomes. Never published.
 *
 * <p>Each test asks one question about a lock-free part of the core, in its class comment. {@code
 * verification/mutants/race-mutants.mjs} removes the precautions one by one and checks that a test
 * notices. Read {@code LogReading} first.
 */
package io.github.signalhub.stress;
