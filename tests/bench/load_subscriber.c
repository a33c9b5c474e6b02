/* load_subscriber - takes what its subscription's queue holds as fast as it
 * comes, until SIGTERM; arguments as in subscriber.h.
 *   load_subscriber --keep FILE      then writes the notices there, one after
 *                                    the other, as they came
 * Prints a line once it has asked, and one of JSON at the end: the last
 * notice's number, and when it came (of the monotonic clock). */
#include <signal.h>
#include <stdio.h>
#include <zmq.h>

#include "tests/bench/subscriber.h"

struct kept {
    struct mv_buf notices;
    uint64_t pages, last_ns;
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

static void keep(void *ctx, struct mv_list notices, uint64_t now_ns)
{
    struct kept *k = ctx;
    struct mv_span raw, bytes;
    k->pages++;
    if (notices.left > 0)
        k->last_ns = now_ns;
    while (mv_list_next(&notices, &raw)) {
        if (!mv_value_bin(raw, &bytes))
            bound_die("not a notice");
        mv_buf_put(&k->notices, bytes.at, bytes.len);
    }
}

int main(int argc, char **argv)
{
    struct kept k = {0};
    struct subscriber s = {.page = keep, .ctx = &k};
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGTERM, &action, NULL);
    subscriber_open(&s, argc, argv);
    (void)printf("asked\n");
    (void)fflush(stdout);
    while (!ended)
        (void)subscriber_take(&s, 0);
    FILE *f = fopen(bound_arg(argc, argv, "--keep", ""), "w");
    if (f == NULL ||
        fwrite(k.notices.at, 1, k.notices.len, f) != k.notices.len ||
        fclose(f) != 0)
        bound_die("--keep");
    (void)printf("{\"bench\":\"maalvakt\",\"case\":\"subscriber\","
                 "\"told\":%llu,\"last_ns\":%llu,\"pages\":%llu}\n",
                 (unsigned long long)(s.from - 1),
                 (unsigned long long)k.last_ns, (unsigned long long)k.pages);
    mv_buf_done(&k.notices);
    return 0;
}
