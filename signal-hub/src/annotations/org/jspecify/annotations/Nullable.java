package org.jspecify.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/** In place of JSpecify's, where the sources are compiled by javac alone, without its jar. */
@Target(ElementType.TYPE_USE)
public @interface Nullable {}
