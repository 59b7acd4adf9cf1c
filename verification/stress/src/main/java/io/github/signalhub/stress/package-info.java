/**
 * What happens between two instructions of two threads: jcstress runs the actors of each test at
 * the same time, millions of times, as the compiler and the processor please, and counts the
 * outcomes. Never published.
 *
 * <p>Each test asks one question about what the core does without a lock, in the words of its
 * class. {@code verification/mutants/race-mutants.mjs} takes the answers away one by one and sees
 * that a test notices. Read {@code LogReading} first.
 */
package io.github.signalhub.stress;
