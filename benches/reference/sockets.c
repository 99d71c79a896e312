#include "sockets.h"
#include <err.h>
#include <netinet/tcp.h>

static void without_delay(int socket, int family) {
    int yes = 1;
    if (family == AF_INET
        && setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
        err(1, "TCP_NODELAY");
}

int open_socket(const struct options *options, int type, struct address *address) {
    *address = (struct address){.length = sizeof address->in};
    address->in.sin_family = AF_INET;
    address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (options->unix_socket) {
        // The family alone: the kernel chooses a name, and there is no file.
        address->any.sa_family = AF_UNIX;
        address->length = sizeof address->any.sa_family;
    }
    int opened = socket(address->any.sa_family, type, 0);
    if (opened < 0 || bind(opened, &address->any, address->length) != 0)
        err(1, "bind");
    if (type == SOCK_STREAM && listen(opened, SOMAXCONN) != 0)
        err(1, "listen");
    address->length = sizeof address->un;
    if (getsockname(opened, &address->any, &address->length) != 0)
        err(1, "getsockname");
    return opened;
}

int connect_to(const struct address *address, int type, size_t in_flight_bytes) {
    int family = address->any.sa_family;
    int connected = socket(family, type, 0);
    if (connected < 0 || connect(connected, &address->any, address->length) != 0)
        err(1, "connect");
    if (type == SOCK_STREAM)
        without_delay(connected, family);
    int room;
    socklen_t length = sizeof room;
    if (getsockopt(connected, SOL_SOCKET, SO_SNDBUF, &room, &length) != 0)
        err(1, "SO_SNDBUF");
    // Half of it is for the kernel's own.
    if (in_flight_bytes > (size_t)room / 2)
        errx(1, "%zu bytes in flight do not fit into a socket's buffer of %d: lower --in-flight",
             in_flight_bytes, room);
    return connected;
}

int accept_from(int listener) {
    struct address peer = {.length = sizeof peer.un};
    int accepted = accept(listener, &peer.any, &peer.length);
    if (accepted < 0)
        err(1, "accept");
    without_delay(accepted, peer.any.sa_family);
    return accepted;
}
