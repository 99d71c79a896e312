#include "sides.h"
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void pin(int cpu) {
    if (cpu < 0)
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        err(1, "processor %d", cpu);
}

pid_t start_server(void (*serve)(int, const struct options *), int socket,
                   const struct options *options) {
    pid_t client = getpid(), server = fork();
    if (server < 0)
        err(1, "fork");
    if (server == 0) {
        // The client may have ended before the kernel was asked.
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != client)
            exit(1);
        pin(options->server_cpu);
        serve(socket, options);
        exit(0);
    }
    // With the server, its listener is gone too, and nobody waits for it in vain.
    close(socket);
    pin(options->client_cpu);
    return server;
}

void stop_server(pid_t server) {
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}
