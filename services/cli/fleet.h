/* fleet - all services of an installation at once: links, and what each says
 * of its logs and upstreams. */
#pragma once

#include "services/cli/pages.h"

struct cli_fleet {
    struct cli *c;
    /* NULL: cannot be reached, or is not asked */
    struct cli_link *links[CLI_SERVICES + 1];
    bool down;         /* nothing at all runs there, which has been said once */
    bool alone;        /* --endpoint: one service, and no other is asked */
    cli_service which; /* that one, by its own word; else CLI_UNTOLD */
};

/* Opens what can be; says what cannot. CLI_OK: all; else the first code. */
int cli_fleet_open(struct cli *c, struct cli_fleet *f);
void cli_fleet_close(struct cli_fleet *f);
/* Is it one of those that are asked? CLI_UNTOLD: of one that did not answer. */
bool cli_fleet_asks(const struct cli_fleet *f, cli_service s);
/* For people: that the others were not asked, if so it is. */
void cli_fleet_say_alone(const struct cli_fleet *f);
/* That service is asked no more: silent, at once. */
void cli_fleet_drop(struct cli_fleet *f, cli_service s);
/* One question. CLI_OK: the answer's rows are added; CLI_DENIED: it is not this
 * key's to ask, or the key is not let in, which is said if `aloud`; CLI_AWAY:
 * no answer, or not "ok", without a word said. */
int cli_fleet_ask(struct cli_fleet *f, cli_service s, const char *verb,
                  bool aloud, struct cli_pages *rows);

/* The three services' streams: who reads whose log. */
struct cli_stream {
    const char *log;
    cli_service from, to;
    int code;           /* CLI_OK: both told; else what came of ... */
    cli_service silent; /* ... the reader, or the owner of the log */
    uint64_t head, seq; /* of the log; had by the reader */
    char state[16];     /* "asking": it is connected and reads on */
};
enum { CLI_STREAMS = 2 };
/* Of one service alone: what it reads, with the head that it was told itself,
 * and nothing of what others read. */
void cli_streams_read(struct cli_fleet *f, struct cli_stream ret[CLI_STREAMS]);

/* Waits until every reader has all of what it reads: what was sent before is
 * judged, and told. False: not within patience_ms, or somebody is silent. */
bool cli_fleet_settle(struct cli *c, int64_t patience_ms);
