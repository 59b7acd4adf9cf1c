package org.jspecify.annotations;

/** In place of JSpecify's, where the sources are compiled by javac alone, without its jar. */
public @interface NullMarked {}
