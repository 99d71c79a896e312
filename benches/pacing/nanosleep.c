/* The barest pacing there is: sleep until each time of a plan, and note how late it is. Prints p50, p99 and the
 * longest in nanoseconds, and what was achieved of the planned.
 *
 * nanosleep RATE SECONDS [PROCESSOR [spin]]     spin: asks for the time again and again instead of sleeping */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int compare(const void *one, const void *other) {
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

int main(int count, char **words) {
    if (count < 3) return 2;
    uint64_t rate = strtoull(words[1], NULL, 10), seconds = strtoull(words[2], NULL, 10);
    if (rate == 0 || seconds == 0 || rate > 10000000 || seconds > 600) return 2;
    if (count > 3) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(atoi(words[3]), &set);
        if (sched_setaffinity(0, sizeof set, &set) != 0) return 1;
    }
    /* The kernel may not add its usual 50 us. */
    prctl(PR_SET_TIMERSLACK, 1ul);
    int spins = count > 4;
    uint64_t planned = rate * seconds, *late = malloc(planned * sizeof *late);
    if (late == NULL) return 1;
    uint64_t begun = now() + 10000000u, end = begun + seconds * 1000000000u, done = 0;
    for (uint64_t at = 1; at <= planned; at++) {
        uint64_t due = begun + at * 1000000000u / rate;
        struct timespec time = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
        if (spins) {
            while (now() < due) {
            }
        } else if (now() < due) {
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
        }
        uint64_t woke = now();
        late[at - 1] = woke > due ? woke - due : 0;
        done += woke <= end + 1000000u;
    }
    qsort(late, planned, sizeof *late, compare);
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %.6f\n", late[planned / 2], late[planned - 1 - planned / 100],
           late[planned - 1], (double)done / (double)planned);
    return 0;
}
