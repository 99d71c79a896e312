// The two sides of a loop: two processes, each on its processor.
#pragma once
#include "options.h"
#include <sys/types.h>

// Starts a process that serves `socket` and ends with this one. This process is the client.
pid_t start_server(void (*serve)(int, const struct options *), int socket,
                   const struct options *options);

// Ends it, whatever it is doing.
void stop_server(pid_t server);
