// Bytes in and out of a stream.
#pragma once
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

// One read: what is there, at most `room` bytes. The end of the stream ends the program.
static inline size_t receive(int socket, char *bytes, size_t room, bool spin) {
    ssize_t count;
    do
        count = recv(socket, bytes, room, spin ? MSG_DONTWAIT : 0);
    while (count < 0 && errno == EAGAIN);
    if (count < 0)
        err(1, "recv");
    if (count == 0)
        errx(1, "the other side has ended");
    return (size_t)count;
}

// One write, or more where a signal comes in between.
static inline void send_all(int socket, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = send(socket, bytes, length, MSG_NOSIGNAL);
        if (count < 0)
            err(1, "send");
        bytes += count;
        length -= (size_t)count;
    }
}
