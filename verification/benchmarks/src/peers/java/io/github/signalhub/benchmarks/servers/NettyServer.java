package io.github.signalhub.benchmarks.servers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Netty on its native epoll, with the handlers of its WebSocket examples. By default it writes and
 * flushes each message, as the examples do. With the argument {@code batch}, it flushes once for
 * each read, as experienced users of Netty do.
 */
public final class NettyServer {
  private NettyServer() {}

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws Exception {
    boolean batch = List.of(args).contains("batch");
    Tls tls = Tls.of(args);
    Optional<SslContext> encryption =
        tls.isOn()
            ? Optional.of(SslContextBuilder.forServer(tls.keys()).build())
            : Optional.empty();
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
    ChannelGroup all = new DefaultChannelGroup(loops.next());
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    encryption.ifPresent(
                        context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(65_536))
                        .addLast(new WebSocketServerProtocolHandler("/ws"))
                        .addLast(new Broadcaster(all, batch));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    System.out.println("port " + ((InetSocketAddress) listener.localAddress()).getPort());
  }

  private static final class Broadcaster extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final ChannelGroup all;
    private final boolean batch;

    private Broadcaster(ChannelGroup all, boolean batch) {
      this.all = all;
      this.batch = batch;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
        all.add(context.channel());
      }
      super.userEventTriggered(context, event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
      if (batch) {
        all.write(frame.retain());
      } else {
        all.writeAndFlush(frame.retain());
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (batch) {
        all.flush();
      }
      context.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
