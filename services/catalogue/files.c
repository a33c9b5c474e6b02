/* files - see catalogue.h. Job: a directory's four files into memory, and
 * their hash. Invariant: no more than MV_CATALOGUE_BYTES are ever read.
 * A crash in the middle leaves nothing: files are only read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/walk.h"
#include "services/base/file.h"
#include "services/base/hash.h"
#include "services/catalogue/catalogue.h"

#define PATH_BYTES 4096

const char *mv_catalogue_file_name(mv_catalogue_file file)
{
    static const char *const names[MV_FILE_COUNT] = {
        "units.yaml", "indicators.yaml", "targets.yaml", "commissions.yaml"};
    return names[file];
}

static mv_rc read_one(const char *dir, mv_catalogue_file file, size_t room,
                      struct mv_catalogue_files *files, struct mv_err *err)
{
    char path[PATH_BYTES];
    struct mv_buf text = {0};
    const char *name = mv_catalogue_file_name(file);
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return mv_fail(err, MV_CONFIG, "the path is too long");
    unsigned flags = file == MV_FILE_COMMISSIONS ? MV_FILE_MAY_MISS : 0;
    mv_rc rc = mv_file_read(path, room, flags, &text, err);
    if (rc == MV_OK) {
        mv_buf_room(&text, 1); /* an empty file is there, too */
        files->owned[file] = (char *)text.at;
        files->text[file] = mv_span(text.at, text.len);
        return MV_OK;
    }
    mv_buf_done(&text);
    return rc == MV_AGAIN ? MV_OK : rc;
}

mv_rc mv_catalogue_read_dir(const char *dir, struct mv_catalogue_files *files,
                            struct mv_err *err)
{
    mv_rc rc = MV_OK;
    size_t room = MV_CATALOGUE_BYTES;
    *files = (struct mv_catalogue_files){0};
    for (int f = 0; f < MV_FILE_COUNT; f++) {
        MV_TRY(read_one(dir, (mv_catalogue_file)f, room, files, err));
        room -= files->text[f].len;
    }
    return MV_OK;
out:
    mv_catalogue_files_done(files);
    return mv_wrap(err, rc, "catalogue in '%s'", dir);
}

void mv_catalogue_files_done(struct mv_catalogue_files *files)
{
    for (int f = 0; f < MV_FILE_COUNT; f++)
        free(files->owned[f]);
    *files = (struct mv_catalogue_files){0};
}

void mv_catalogue_files_hash(const struct mv_catalogue_files *files,
                             uint8_t hash[32])
{
    struct mv_hasher h;
    mv_hasher_init(&h);
    for (int f = 0; f < MV_FILE_COUNT; f++) {
        const char *name = mv_catalogue_file_name((mv_catalogue_file)f);
        uint8_t len[8];
        if (files->text[f].at == NULL)
            continue;
        mv_hasher_add(&h, name, strlen(name) + 1);
        mv_be64_put(len, files->text[f].len);
        mv_hasher_add(&h, len, sizeof len);
        mv_hasher_add(&h, files->text[f].at, files->text[f].len);
    }
    struct mv_hash taken = mv_hasher_take(&h);
    memcpy(hash, taken.at, MV_HASH_BYTES);
}

void mv_catalogue_files_of(struct mv_span map, struct mv_catalogue_files *files)
{
    *files = (struct mv_catalogue_files){0};
    for (size_t f = 0; f < MV_FILE_COUNT; f++)
        (void)mv_map_text(map, mv_catalogue_file_name((mv_catalogue_file)f),
                          &files->text[f]);
}
