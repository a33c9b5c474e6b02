/* toy - the smallest service there is, in a thread: a door, a journal, a
 * verb. For tests of the loop over real sockets on loopback. */
#pragma once

#include "services/base/clock.h"
#include "services/stream/client.h"
#include "services/stream/run.h"

#define TOY_CLIENTS  6
#define TOY_KEPT     8
#define TOY_LONG_MS  3    /* that "put:long" takes at least, in who pulls it */
#define TOY_CRAWL_MS 100  /* that the query "crawl" takes at least */
#define SOON         5000 /* ms: what should come has come by then */

/* The monotonic clock. */
static inline int64_t toy_now_ms(void)
{
    return mv_clock_mono_ms();
}

/* Keys in the registry, by name: "alice" (producer), "oscar" (operator),
 * "rita" (reader, auditor; owns "queue"), "serve" (service: the toy's own),
 * "bob" (producer). mallory's key is made and not registered. */
enum toy_key { ALICE, OSCAR, RITA, SERVE, BOB, MALLORY };

struct toy_settings {
    struct mv_common common; /* first */
    char *door, *live, *upstream, *upstream_key;
};

struct toy {
    char *dir, keys_file[96];
    struct mv_keypair keys[TOY_CLIENTS];
    struct toy_settings settings;
    struct mv_service *service;
    struct mv_net *net; /* the clients' */
    int tell[2];        /* a pipe that stands for the signalfd */
    unsigned long thread;
    mv_rc ended;
    uint64_t quota;
    struct {
        void *what;
        void (*close)(void *what);
    } kept[TOY_KEPT]; /* what uses net, and is still open */
};

/* A directory and keys; nothing runs yet. */
void toy_make(struct toy *t);
/* Opens it, hearing signals from tell[0]; nothing runs yet. */
MV_CHECKED mv_rc toy_open(struct toy *t, struct mv_err *err);
/* Opens and runs it in a thread; fails the test if it does not open. */
void toy_start(struct toy *t);
/* SIGTERM, and waits; returns how it ended. */
mv_rc toy_stop(struct toy *t);
void toy_done(struct toy *t);

/* A test's set-up and end: *state is a toy that runs, and it must end well. */
int toy_begin(void **state);
int toy_end(void **state);

/* Open until toy_leave, or the toy is done. */
struct mv_client *toy_client(struct toy *t, enum toy_key who, const char *door);
/* The same for anything else on the toy's net. */
void toy_keep(struct toy *t, void *what, void (*close)(void *what));
void toy_leave(struct toy *t, void *what);
/* By libzmq itself, to the door "main"; to be closed before its ctx. */
void *toy_dealer(struct toy *t, void *ctx, enum toy_key who);
/* The next answer of a frame, borrowed, and what stands behind it. */
bool toy_next(struct mv_span *frame, struct mv_span *text);
/* The only one of a frame, copied; holds until the next call. */
const char *toy_only(struct mv_span frame);
/* Sends text and returns the answer's text (borrowed), or NULL after
 * wait_ms. The toy answers with a text, "ok:SEQ", "dup", "no:CODE",
 * "retry:CODE". What it is told: "put:..." "dup" "long:N" (a text of N bytes)
 * "bad" "full" "fatal". */
const char *toy_say(struct mv_client *c, const char *text, int64_t wait_ms);
/* "crawl"s so far, of all toys. */
unsigned toy_crawls(void);
/* A counter by name; "between": messages taken behind a record, in its batch;
 * "served": pages that left so. */
uint64_t toy_counter(struct toy *t, const char *name);
