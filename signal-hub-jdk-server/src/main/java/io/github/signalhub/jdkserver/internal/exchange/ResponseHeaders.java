package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.Headers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A response's fields. Threads that race for an answer may all set some, so each method is atomic;
 * {@code synchronized} on this makes several so. The views of keys, values and entries are live,
 * and for one thread.
 */
final class ResponseHeaders extends Headers {
  @Override
  public synchronized int size() {
    return super.size();
  }

  @Override
  public synchronized boolean isEmpty() {
    return super.isEmpty();
  }

  @Override
  public synchronized boolean containsKey(Object key) {
    return super.containsKey(key);
  }

  @Override
  public synchronized boolean containsValue(Object value) {
    return super.containsValue(value);
  }

  @Override
  public synchronized List<String> get(Object key) {
    return super.get(key);
  }

  @Override
  public synchronized String getFirst(String key) {
    return super.getFirst(key);
  }

  @Override
  public synchronized List<String> put(String key, List<String> value) {
    return super.put(key, value);
  }

  @Override
  public synchronized void add(String key, String value) {
    super.add(key, value);
  }

  @Override
  public synchronized void set(String key, String value) {
    super.set(key, value);
  }

  @Override
  public synchronized List<String> remove(Object key) {
    return super.remove(key);
  }

  @Override
  public synchronized void putAll(Map<? extends String, ? extends List<String>> all) {
    super.putAll(all);
  }

  @Override
  public synchronized void clear() {
    super.clear();
  }

  @Override
  public synchronized Set<String> keySet() {
    return super.keySet();
  }

  @Override
  public synchronized Collection<List<String>> values() {
    return super.values();
  }

  @Override
  public synchronized Set<Map.Entry<String, List<String>>> entrySet() {
    return super.entrySet();
  }
}
