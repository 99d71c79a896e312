// How many exchanges end in the measured window, which begins when the warm-up is over.
//
// A timer says when it begins and ends, so that no clock is read between exchanges.
#pragma once
#include "options.h"
#include <signal.h>

struct window {
    int duration_ms;
    bool open;
    double began_s;
    unsigned long exchanges;
    double rate; // exchanges a second, once it has ended
};

// The timer rang, and nobody has looked since.
extern volatile sig_atomic_t window_rang;

// The warm-up begins. Ends the program if 10 s pass in which nothing is counted.
struct window begin_window(const struct options *options);

// What has to be done when the timer rang; false: the window has ended.
bool turn_window(struct window *window);

// Some more exchanges have ended; false: the window has ended too.
static inline bool count(struct window *window, unsigned long exchanges) {
    window->exchanges += exchanges;
    return !window_rang || turn_window(window);
}
