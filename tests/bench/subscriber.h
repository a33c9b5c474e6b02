/* subscriber - one that has a pull parked at the notifier and asks again as
 * soon as a page comes, which acknowledges it. */
#pragma once

#include "proto/walk.h"
#include "tests/bench/producer.h"

struct subscriber {
    void *socket;
    const char *subscription;
    uint8_t genesis[32];
    uint64_t id;   /* of the pull that is on its way */
    uint64_t from; /* the next notice's number */
    /* A page of ours: raw notices, received at now_ns. */
    void (*page)(void *ctx, struct mv_list notices, uint64_t now_ns);
    void *ctx;
};

/* --notices ENDPOINT --notices-server HEX --subscriber "PUBLIC SECRET"
 * --subscription ID --genesis HEX [--from N], and the first pull. */
void subscriber_open(struct subscriber *s, int argc, char **argv);
/* The next page, ZMQ flags. False: nothing there, or an empty page. */
bool subscriber_take(struct subscriber *s, int flag);
