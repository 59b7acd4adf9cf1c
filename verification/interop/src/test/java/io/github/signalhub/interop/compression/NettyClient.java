package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketClientCompressionHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Netty's handlers, assembled as in Netty's example. It offers the parameters that they offer. */
final class NettyClient extends CompressingClient {
  private static final int MAX_BYTES = 1 << 20;

  private final NioEventLoopGroup threads = new NioEventLoopGroup(1);
  private Channel channel;

  @Override
  String connect(URI uri, Carrier carrier) throws Exception {
    WebSocketClientHandshaker handshaker =
        WebSocketClientHandshakerFactory.newHandshaker(
            uri, WebSocketVersion.V13, null, true, new DefaultHttpHeaders());
    Messages messages = new Messages(handshaker);
    channel =
        new Bootstrap()
            .group(threads)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  @SuppressWarnings("deprecation") // of Netty's own JDK wrapper
                  protected void initChannel(SocketChannel opened) {
                    if (carrier == Carrier.TLS) {
                      opened
                          .pipeline()
                          .addLast(
                              new JdkSslContext(Carrier.trusting(), true, ClientAuth.NONE)
                                  .newHandler(opened.alloc(), uri.getHost(), uri.getPort()));
                    }
                    opened
                        .pipeline()
                        .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(MAX_BYTES),
                            WebSocketClientCompressionHandler.INSTANCE,
                            messages);
                  }
                })
            .connect(uri.getHost(), uri.getPort())
            .sync()
            .channel();
    return messages.agreed.get(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  void send(String text) {
    channel.writeAndFlush(new TextWebSocketFrame(text));
  }

  @Override
  void end() {
    threads.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Messages extends SimpleChannelInboundHandler<Object> {
    private final WebSocketClientHandshaker handshaker;
    private final CompletableFuture<String> agreed = new CompletableFuture<>();

    private Messages(WebSocketClientHandshaker handshaker) {
      this.handshaker = handshaker;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      handshaker.handshake(context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpResponse response) {
        String extensions = response.headers().get("Sec-WebSocket-Extensions");
        handshaker.finishHandshake(context.channel(), response);
        context.pipeline().addBefore(context.name(), null, new WebSocketFrameAggregator(MAX_BYTES));
        agreed.complete(extensions);
      } else if (message instanceof TextWebSocketFrame frame) {
        received(frame.text());
      } else {
        received(((WebSocketFrame) message).toString());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      agreed.completeExceptionally(new IllegalStateException("the connection ended"));
      received("the connection ended");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      agreed.completeExceptionally(cause);
      received(cause.toString());
      context.close();
    }
  }
}
