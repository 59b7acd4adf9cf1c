package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The class loader of an application that is replaced in a running process. It loads some classes
 * of its parent again, and delegates the others to its parent. Thread-safe.
 */
public final class SeparateLoader extends ClassLoader {
  private final Predicate<String> own;

  /**
   * Creates a loader below the one of this class.
   *
   * @param own whether it loads a class of this name itself
   */
  public SeparateLoader(Predicate<String> own) {
    super(SeparateLoader.class.getClassLoader());
    this.own = own;
  }

  /** Waits until a loader is collected. The caller's frames must not refer to it. */
  public static void assertThatIsCollected(WeakReference<ClassLoader> loader)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (loader.get() != null && System.nanoTime() < deadline) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(10); // polls, because a collection has no event
    }
    assertThat(loader.get()).isNull();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      if (!own.test(name)) {
        return super.loadClass(name, resolve);
      }
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
