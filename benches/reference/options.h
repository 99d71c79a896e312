// What a loop is told on its command line: `--name value`, in any order, each at most once.
#pragma once
#include <stdbool.h>

struct options {
    bool unix_socket; // --transport tcp|unix
    bool spin;        // --wait block|spin: ask the socket again and again instead of sleeping in the kernel
    int connections;  // --connections
    int in_flight;    // --in-flight: unanswered messages on each connection
    int payload;      // --payload, in bytes
    int server_cpu;   // --server-cpu; -1, without it: wherever the kernel puts the side
    int client_cpu;   // --client-cpu, likewise
    int warmup_ms;    // --warmup-ms: played, not counted
    int duration_ms;  // --duration-ms: how long exchanges are counted
};

// Ends the program with a sentence where the command line is wrong.
struct options read_options(int count, char **words);
