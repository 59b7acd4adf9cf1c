package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.Headers;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a request as {@link Headers}. Every attempt to change them throws {@link
 * UnsupportedOperationException}. Immutable.
 */
final class ReadOnlyHeaders extends Headers {
  ReadOnlyHeaders(HttpHeaders fields) {
    Headers collected = new Headers();
    fields.forEach(collected::add);
    for (Map.Entry<String, List<String>> each : collected.entrySet()) {
      super.put(each.getKey(), Collections.unmodifiableList(new ArrayList<>(each.getValue())));
    }
  }

  @Override
  public List<String> put(String key, List<String> value) {
    throw new UnsupportedOperationException("request headers cannot be changed");
  }

  @Override
  public void add(String key, String value) {
    throw new UnsupportedOperationException("request headers cannot be changed");
  }

  @Override
  public void set(String key, String value) {
    throw new UnsupportedOperationException("request headers cannot be changed");
  }

  @Override
  public List<String> remove(Object key) {
    throw new UnsupportedOperationException("request headers cannot be changed");
  }

  @Override
  public void putAll(Map<? extends String, ? extends List<String>> all) {
    throw new UnsupportedOperationException("request headers cannot be changed");
  }

  @Override
  public void clear() {
    throw new UnsupportedOperationException("request headers cannot be changed");
  }

  @Override
  public Set<String> keySet() {
    return Collections.unmodifiableSet(super.keySet());
  }

  @Override
  public Collection<List<String>> values() {
    return Collections.unmodifiableCollection(super.values());
  }

  @Override
  public Set<Map.Entry<String, List<String>>> entrySet() {
    // the wrapper of a map makes the entries unmodifiable, too; that of a set does not
    Map<String, List<String>> copy = new LinkedHashMap<>();
    super.entrySet().forEach(each -> copy.put(each.getKey(), each.getValue()));
    return Collections.unmodifiableMap(copy).entrySet();
  }
}
