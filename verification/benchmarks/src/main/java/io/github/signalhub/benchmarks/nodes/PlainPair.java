package io.github.signalhub.benchmarks.nodes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;

/**
 * The floor: {@code PUBLISH} and {@code SUBSCRIBE}. It keeps nothing, and orders nothing. Each end
 * has a connection for each direction. In a flood, an end sends as many messages together as a
 * backbone does.
 */
final class PlainPair implements Pair {
  private static final String CHANNEL = "messages";
  private static final int BATCH = 256;

  private final List<End> ends = new ArrayList<>();

  /** Connects, and returns when both ends have subscribed. */
  PlainPair(RedisServer redis, Receiver receiver) throws InterruptedException {
    for (int i = 0; i < ENDS; i++) {
      ends.add(new End(redis, i, receiver));
    }
    for (End end : ends) {
      end.subscribed.await();
    }
  }

  private static final class End extends JedisPubSub {
    final int number;
    final Receiver receiver;
    final Jedis out;
    final Jedis in;
    final CountDownLatch subscribed = new CountDownLatch(1);
    final Thread reader = new Thread(this::read, "subscriber");
    Pipeline pipeline;
    int added;

    End(RedisServer redis, int number, Receiver receiver) {
      this.number = number;
      this.receiver = receiver;
      out = redis.connect();
      in = redis.connect();
      pipeline = out.pipelined();
      reader.start();
    }

    private void read() {
      in.subscribe(this, CHANNEL);
    }

    @Override
    public void onSubscribe(String channel, int channels) {
      subscribed.countDown();
    }

    @Override
    public void onMessage(String channel, String message) {
      receiver.receive(number, message);
    }
  }

  @Override
  public void publish(int end, String payload) {
    ends.get(end).out.publish(CHANNEL, Traffic.text(payload));
  }

  @Override
  public void add(int number, String payload) {
    End end = ends.get(number);
    end.pipeline.publish(CHANNEL, Traffic.text(payload));
    if (++end.added % BATCH == 0) {
      end.pipeline.sync();
    }
  }

  @Override
  public void flush(int end) {
    ends.get(end).pipeline.sync();
  }

  @Override
  public void close() {
    for (End end : ends) {
      end.unsubscribe();
      try {
        end.reader.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      end.in.close();
      end.out.close();
    }
  }
}
