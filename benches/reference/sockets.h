// Sockets as a side gets them from the kernel: its own sizes of buffers, TCP_NODELAY.
#pragma once
#include "options.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_un un;
    };
    socklen_t length;
};

// A socket of this type (SOCK_STREAM: it listens) on loopback, at an address of the kernel's choice.
int open_socket(const struct options *options, int type, struct address *address);

// A connected socket. `in_flight_bytes` is what the side may have under way before it reads: it has to
// find room in the kernel, or both sides could wait for each other for ever.
int connect_to(const struct address *address, int type, size_t in_flight_bytes);

// The next stream of a listener.
int accept_from(int listener);
