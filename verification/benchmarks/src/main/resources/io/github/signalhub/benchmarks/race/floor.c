/*
 * The least that a broadcast costs in C: epoll, one thread, and one write for each client and
 * wake-up. NioFloor.java is the same in Java, and describes the rules. Linux only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 17, MAX_FILES = 1 << 16, MAX_EVENTS = 1024 };

static const char SWITCHING[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n";

struct peer {
  int open;
  int place; /* in clients */
  int rest_bytes;
  unsigned char *rest; /* of an unfinished head or frame */
};

static struct peer peers[MAX_FILES]; /* by descriptor */
static int clients[MAX_FILES];
static int client_count;
static unsigned char in[BUFFER_BYTES];
static unsigned char frames[BUFFER_BYTES];
static int frame_bytes;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void drop(int fd) {
  struct peer *peer = &peers[fd];
  if (peer->open) {
    int last = clients[--client_count];
    clients[peer->place] = last;
    peers[last].place = peer->place;
  }
  free(peer->rest);
  memset(peer, 0, sizeof *peer);
  close(fd);
}

static void take_on(int listener, int epoll) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) return;
  if (fd >= MAX_FILES) {
    close(fd);
    return;
  }
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) close(fd);
}

/* Takes the whole frames of a client; returns how many bytes they had, or -1 to disconnect it. */
static int take(int bytes) {
  int at = 0;
  while (bytes - at >= 2) {
    int length = in[at + 1] & 0x7F;
    int header = 6;
    if (length == 126) {
      if (bytes - at < 4) break;
      length = in[at + 2] << 8 | in[at + 3];
      header = 8;
    }
    if (bytes - at < header + length) break;
    if (in[at] != 0x81) return -1;
    frames[frame_bytes++] = 0x81;
    if (header == 6) {
      frames[frame_bytes++] = (unsigned char)length;
    } else {
      frames[frame_bytes++] = 126;
      frames[frame_bytes++] = (unsigned char)(length >> 8);
      frames[frame_bytes++] = (unsigned char)length;
    }
    memcpy(frames + frame_bytes, in + at + header, length);
    frame_bytes += length;
    at += header + length;
  }
  return at;
}

static void read_from(int fd) {
  struct peer *peer = &peers[fd];
  int bytes = peer->rest_bytes;
  if (bytes > 0) memcpy(in, peer->rest, bytes);
  ssize_t count = read(fd, in + bytes, BUFFER_BYTES / 2 - bytes);
  if (count <= 0) {
    drop(fd);
    return;
  }
  bytes += (int)count;
  int taken = 0;
  if (peer->open) {
    taken = take(bytes);
  } else if (bytes >= 4 && memcmp(in + bytes - 4, "\r\n\r\n", 4) == 0) {
    taken = bytes;
    if (write(fd, SWITCHING, sizeof SWITCHING - 1) < 0) taken = -1;
    peer->open = 1;
    peer->place = client_count;
    clients[client_count++] = fd;
  }
  if (taken < 0) {
    drop(fd);
    return;
  }
  peer->rest_bytes = bytes - taken;
  if (peer->rest_bytes > 0) {
    peer->rest = realloc(peer->rest, peer->rest_bytes);
    if (peer->rest == NULL) fail("realloc");
    memcpy(peer->rest, in + taken, peer->rest_bytes);
  }
}

static void write_to_all(void) {
  for (int i = client_count - 1; i >= 0; i--) {
    if (send(clients[i], frames, frame_bytes, MSG_NOSIGNAL) < frame_bytes) drop(clients[i]);
  }
  frame_bytes = 0;
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0) fail("bind");
  if (listen(listener, 50) < 0) fail("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &size) < 0) fail("getsockname");
  int epoll = epoll_create1(0);
  struct epoll_event events[MAX_EVENTS] = {{.events = EPOLLIN, .data.fd = listener}};
  if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, events) < 0) fail("epoll");
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == listener) {
        take_on(listener, epoll);
      } else {
        read_from(events[i].data.fd);
      }
    }
    if (frame_bytes > 0) write_to_all();
  }
}
