/* points - where a test may end a process, or break a promise on purpose, in
 * programs built with MV_TEST_POINTS (tests/CMakeLists.txt) and in no other:
 *   MV_CRASH_AT=before_commit:7   killed at the 7th passing of that point
 *   MV_CRASH_AT=applying:7        killed whenever 7 is what it is about
 *   MV_BROKEN=early_answers       the code errs as that name says: whoever
 *                                 holds a promise to it must then see red */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef MV_TEST_POINTS
void mv_point(const char *name);
void mv_point_at(const char *name, uint64_t number);
bool mv_broken(const char *name);
#define MV_POINT(name)            mv_point(name)
#define MV_POINT_AT(name, number) mv_point_at(name, number)
#define MV_BROKEN(name)           mv_broken(name)
#else
#define MV_POINT(name)            ((void)0)
#define MV_POINT_AT(name, number) ((void)0)
#define MV_BROKEN(name)           false
#endif
