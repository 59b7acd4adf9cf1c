package io.github.signalhub.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Reduces a list to few elements that still fail, by leaving out ever smaller parts. */
public final class Shrinker {
  private Shrinker() {}

  /** Returns elements that still fail, in order. None of them can be left out alone. */
  public static <T> List<T> shrink(List<T> all, Predicate<List<T>> fails) {
    List<T> kept = List.copyOf(all);
    int chunk = Math.max(1, kept.size() / 2);
    while (true) {
      int before = kept.size();
      int from = 0;
      while (from < kept.size()) {
        List<T> rest = new ArrayList<>(kept.subList(0, from));
        rest.addAll(kept.subList(Math.min(kept.size(), from + chunk), kept.size()));
        if (fails.test(rest)) {
          kept = rest;
        } else {
          from += chunk;
        }
      }
      if (chunk == 1 && kept.size() == before) {
        return kept;
      }
      chunk = Math.max(1, chunk / 2);
    }
  }
}
