// A server that sends back whatever it reads, a thread for each connection: as little as a server can do.
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve(void *argument) {
    int peer = (int)(intptr_t)argument;
    static __thread char bytes[256 << 10];
    for (;;) {
        ssize_t length = read(peer, bytes, sizeof bytes);
        if (length <= 0)
            break;
        for (ssize_t sent = 0; sent < length;) {
            ssize_t count = write(peer, bytes + sent, (size_t)(length - sent));
            if (count <= 0)
                break;
            sent += count;
        }
    }
    close(peer);
    return NULL;
}

int main(int count, char **words) {
    int port = count > 1 ? atoi(words[1]) : 0, on = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64))
        err(1, "listen");
    for (;;) {
        int peer = accept(listener, NULL, NULL);
        pthread_t thread;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)peer) == 0)
            pthread_detach(thread);
    }
}
