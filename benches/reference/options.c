#include "options.h"
#include <err.h>
#include <stdlib.h>
#include <string.h>

// True for the second of two words, false for the first.
static bool second_of(const char *name, const char *value, const char *first, const char *second) {
    if (strcmp(value, first) != 0 && strcmp(value, second) != 0)
        errx(1, "%s is %s or %s, not %s", name, first, second, value);
    return strcmp(value, second) == 0;
}

struct options read_options(int count, char **words) {
    struct options options = {
        .connections = 1, .in_flight = 1, .payload = 64, .server_cpu = -1, .client_cpu = -1,
        .warmup_ms = 100, .duration_ms = 500,
    };
    const struct {
        const char *name;
        int *value;
        int least, most;
    } numbers[] = {
        {"--connections", &options.connections, 1, 100000},
        {"--in-flight", &options.in_flight, 1, 100000},
        {"--payload", &options.payload, 1, 60000},
        {"--server-cpu", &options.server_cpu, 0, 1023},
        {"--client-cpu", &options.client_cpu, 0, 1023},
        {"--warmup-ms", &options.warmup_ms, 1, 60000},
        {"--duration-ms", &options.duration_ms, 1, 60000},
    };
    const int kinds = sizeof numbers / sizeof numbers[0];
    for (int at = 1; at < count; at += 2) {
        const char *name = words[at], *value = words[at + 1];
        if (value == NULL)
            errx(1, "%s needs a value", name);
        if (strcmp(name, "--transport") == 0) {
            options.unix_socket = second_of(name, value, "tcp", "unix");
            continue;
        }
        if (strcmp(name, "--wait") == 0) {
            options.spin = second_of(name, value, "block", "spin");
            continue;
        }
        int kind = 0;
        while (kind < kinds && strcmp(name, numbers[kind].name) != 0)
            kind++;
        if (kind == kinds)
            errx(1, "there is no option %s", name);
        char *end;
        long number = strtol(value, &end, 10);
        if (end == value || *end != 0 || number < numbers[kind].least || number > numbers[kind].most)
            errx(1, "%s is a number from %d to %d, not %s", name, numbers[kind].least,
                 numbers[kind].most, value);
        *numbers[kind].value = (int)number;
    }
    return options;
}
