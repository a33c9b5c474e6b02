/* points - named places at which a test may end the process, in builds with
 * MV_TEST_POINTS only: MV_CRASH_AT=before_commit:7 kills at the 7th time. */
#pragma once

#ifdef MV_TEST_POINTS
void mv_point(const char *name);
#define MV_POINT(name) mv_point(name)
#else
#define MV_POINT(name) ((void)0)
#endif
