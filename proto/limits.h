/* limits - every bound on what crosses a process boundary. Each has a name
 * here and is used by that name; proto/README.md prints the same figures. */
#pragma once

#include "services/base/text.h"

#define MV_PROTO_VERSION 1u /* the only one served */

/* Whole frames and records. */
#define MV_MAX_DELIVERY_BYTES (1u << 20)
/* a float32 that came becomes a float64 in canonical form: 5 bytes, 9 */
#define MV_MAX_CANONICAL_BYTES     (2u * MV_MAX_DELIVERY_BYTES)
#define MV_MAX_ANSWER_BYTES        (1u << 20)
#define MV_MAX_ANSWERS_BYTES       (64u << 10) /* a frame; or one, if larger */
#define MV_MAX_PAGE_BYTES          (1u << 20)  /* or one record, if larger */
#define MV_MAX_RECORD_BYTES        (16u << 20) /* content; catalogues too */
#define MV_MAX_SERVICE_FRAME_BYTES (17u << 20) /* services' MAXMSGSIZE */
#define MV_MAX_PUBLIC_FRAME_BYTES  ((1u << 20) + 4096u) /* ingest's door */
#define MV_MAX_REQUEST_BYTES       (1u << 20) /* an act; it is one record */
#define MV_MAX_REPLY_BYTES         (1u << 20)

/* Shape. */
#define MV_MAX_ROWS          10000u /* of a delivery */
#define MV_MAX_COLUMNS       64u
#define MV_MAX_NESTING       4u         /* of what producers send */
#define MV_MAX_MESSAGE_DEPTH 9u         /* of the services' own messages */
#define MV_MAX_KEYS          64u        /* of one map */
#define MV_MAX_ITEMS         (1u << 20) /* of one list between services */

/* Text, in bytes. */
#define MV_MAX_IDENTIFIER_BYTES MV_IDENTIFIER_BYTES
#define MV_MAX_TEXT_BYTES       256u
#define MV_MAX_PERIOD_BYTES     32u
#define MV_MAX_COMMENT_BYTES    4000u /* what a person writes */

/* Time: [2000-01-01, 2200-01-01) in milliseconds of UTC. */
#define MV_MIN_TIME_MS 946684800000
#define MV_MAX_TIME_MS 7258118400000

/* Answers and flow. */
#define MV_MAX_CONFLICTS   1000u /* named one by one; then `more` */
#define MV_MAX_IN_FLIGHT   256u  /* deliveries of one connection */
#define MV_MAX_BATCH_ROWS  65536u
#define MV_MAX_BATCH_BYTES (8u << 20)
#define MV_MAX_FILTERS     1000u /* of one subscription */
