/**
 * A small strict reader and writer of JSON (RFC 8259), between text and plain Java values.
 *
 * <p>The reader accepts exactly the texts of the grammar, and keeps numbers exact. It takes linear
 * time and bounded memory for any text, and never repeats a text's content in an error. The writer
 * takes records, maps, lists and plain values as they are, without annotations or configuration. It
 * always writes one line.
 *
 * <p>Invariant: this package does no I/O, logs nothing, and imports no other package of this
 * library. Read {@link io.github.signalhub.json.Json} first. It maps JSON and Java to each other.
 */
@NullMarked
package io.github.signalhub.json;

import org.jspecify.annotations.NullMarked;
