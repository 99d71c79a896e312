// UDP: a datagram is a message, so there is nothing to frame. A server with one socket for everyone, a
// client with a connected one, both asleep in the kernel while they wait.
#include "sides.h"
#include "sockets.h"
#include "window.h"
#include <err.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 64 << 10 };

static char bytes[ROOM], message[ROOM];

static void check(ssize_t length, const struct options *options) {
    if (length < 0)
        err(1, "recv");
    if (length != options->payload)
        errx(1, "a datagram of %zd bytes, not %d", length, options->payload);
}

static void serve(int socket, const struct options *options) {
    struct sockaddr_in peer;
    for (;;) {
        socklen_t known = sizeof peer;
        ssize_t length = recvfrom(socket, bytes, ROOM, 0, (struct sockaddr *)&peer, &known);
        check(length, options);
        if (sendto(socket, bytes, (size_t)length, 0, (struct sockaddr *)&peer, known) != length)
            err(1, "sendto");
    }
}

static void say(int socket, const struct options *options) {
    if (send(socket, message, (size_t)options->payload, 0) != options->payload)
        err(1, "send");
}

static double drive(int socket, const struct options *options) {
    memset(message, 'x', (size_t)options->payload);
    struct window window = begin_window(options);
    for (int sent = 0; sent < options->in_flight; sent++)
        say(socket, options);
    do {
        check(recv(socket, bytes, ROOM, 0), options);
        say(socket, options);
    } while (count(&window, 1));
    return window.rate;
}

int main(int words, char **word) {
    struct options options = read_options(words, word);
    if (options.connections != 1 || options.unix_socket || options.spin)
        errx(1, "this loop has one connection, over UDP, and sleeps while it waits");
    struct address address;
    int socket = open_socket(&options, SOCK_DGRAM, &address);
    pid_t server = start_server(serve, socket, &options);
    size_t in_flight = (size_t)options.in_flight * (size_t)options.payload;
    printf("%.1f\n", drive(connect_to(&address, SOCK_DGRAM, in_flight), &options));
    stop_server(server);
    return 0;
}
