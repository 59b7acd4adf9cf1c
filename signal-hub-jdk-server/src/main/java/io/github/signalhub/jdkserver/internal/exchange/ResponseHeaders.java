package io.github.signalhub.jdkserver.internal.exchange;

import com.sun.net.httpserver.Headers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The fields of a response. Several threads may race for an answer and set fields. So each method
 * is atomic, and {@link #atomically} makes several calls atomic. The lock is private. So code of an
 * application that synchronizes on its fields stops no other thread. The views of keys, values and
 * entries are live, and for one thread.
 */
final class ResponseHeaders extends Headers {
  private final ReentrantLock lock = new ReentrantLock();

  /** Runs an action while no other thread reads or changes the fields. */
  <T> T atomically(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    atomically(
        () -> {
          change.run();
          return null;
        });
  }

  @Override
  public int size() {
    return atomically(super::size);
  }

  @Override
  public boolean isEmpty() {
    return atomically(super::isEmpty);
  }

  @Override
  public boolean containsKey(Object key) {
    return atomically(() -> super.containsKey(key));
  }

  @Override
  public boolean containsValue(Object value) {
    return atomically(() -> super.containsValue(value));
  }

  @Override
  public List<String> get(Object key) {
    return atomically(() -> super.get(key));
  }

  @Override
  public String getFirst(String key) {
    return atomically(() -> super.getFirst(key));
  }

  @Override
  public List<String> put(String key, List<String> value) {
    return atomically(() -> super.put(key, value));
  }

  @Override
  public void add(String key, String value) {
    change(() -> super.add(key, value));
  }

  @Override
  public void set(String key, String value) {
    change(() -> super.set(key, value));
  }

  @Override
  public List<String> remove(Object key) {
    return atomically(() -> super.remove(key));
  }

  @Override
  public void putAll(Map<? extends String, ? extends List<String>> all) {
    change(() -> super.putAll(all));
  }

  @Override
  public void clear() {
    change(super::clear);
  }

  @Override
  public Set<String> keySet() {
    return atomically(super::keySet);
  }

  @Override
  public Collection<List<String>> values() {
    return atomically(super::values);
  }

  @Override
  public Set<Map.Entry<String, List<String>>> entrySet() {
    return atomically(super::entrySet);
  }
}
