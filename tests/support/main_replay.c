/* main_replay - a main for a fuzz target without libFuzzer: replays every
 * file, and every file of every directory, given as an argument.
 * Invariant: nothing given, or nothing found, is a failure.
 * A crash in the middle is the finding: the file's name was printed. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "services/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replay_file(const char *path)
{
    char block[65536];
    struct mv_buf b = {0};
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        mv_buf_put(&b, block, n);
    (void)fclose(f);
    (void)fprintf(stderr, "%s\n", path);
    /* exactly its bytes, so that a sanitizer sees the first one beyond */
    uint8_t *exact = mv_xcalloc(b.len > 0 ? b.len : 1, 1);
    for (size_t i = 0; i < b.len; i++)
        exact[i] = b.at[i];
    (void)LLVMFuzzerTestOneInput(exact, b.len);
    free(exact);
    mv_buf_done(&b);
    return 1;
}

static size_t replay_dir(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    if (d == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char file[4096];
        struct stat st;
        int len = snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        if (len > 0 && (size_t)len < sizeof file && stat(file, &st) == 0 &&
            S_ISREG(st.st_mode))
            n += replay_file(file);
    }
    (void)closedir(d);
    return n;
}

int main(int argc, char **argv)
{
    size_t n = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        bool dir = stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode);
        n += dir ? replay_dir(argv[i]) : replay_file(argv[i]);
    }
    (void)fprintf(stderr, "%zu inputs\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
