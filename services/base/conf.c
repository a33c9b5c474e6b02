/* conf - see conf.h. Job: settings files. Invariant: inih sees only lines
 * that our scan let through (no NUL, no line that it would cut, no section,
 * no continuation, no trailing comment), one at a time, so that each fault
 * has its line. Nothing takes effect here: the caller's struct is filled, and
 * a crash leaves nothing. */
#include "services/base/conf.h"
#include "services/base/conf_value.h"
#include "services/base/file.h"
#include "services/base/text.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRAP_COLUMNS 76
#define BOM          "\xef\xbb\xbf"

/* One reading of one file. */
struct reading {
    const struct mv_conf_table *table;
    void *values;
    bool *seen; /* per key */
    struct mv_span rest;
    int line;
    int settings;
    mv_rc rc; /* the first fault, in err */
    struct mv_err *err;
};

static const struct mv_conf_key *find_key(const struct mv_conf_table *t,
                                          const char *name)
{
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->keys[i].name, name) == 0)
            return &t->keys[i];
    }
    return NULL;
}

static mv_rc set_by_name(const struct mv_conf_table *t, void *values,
                         const char *name, const char *value,
                         struct mv_err *err)
{
    const struct mv_conf_key *key = find_key(t, name);
    if (key == NULL)
        return mv_fail(err, MV_CONFIG, "%s: there is no such setting", name);
    return mv_wrap(err, mv_conf_value_set(key, value, values, err), "%s", name);
}

mv_rc mv_conf_set(const struct mv_conf_table *t, void *values, const char *name,
                  const char *value, struct mv_err *err)
{
    return set_by_name(t, values, name, value, err);
}

mv_rc mv_conf_defaults(const struct mv_conf_table *t, void *values,
                       struct mv_err *err)
{
    mv_rc rc = MV_OK;
    for (size_t i = 0; i < t->count; i++) {
        const struct mv_conf_key *key = &t->keys[i];
        if (key->fallback != NULL)
            MV_TRY(set_by_name(t, values, key->name, key->fallback, err));
    }
out:
    return rc;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What is wrong with a line before inih sees it; NULL: nothing. */
static const char *line_fault(struct mv_span line)
{
    const char *c = line.at;
    bool plain = mv_text_is_utf8(line);
    bool comment = line.len > 0 && (c[0] == '#' || c[0] == ';');
    bool content = false;
    bool trailing = false;
    for (size_t i = 0; i < line.len; i++) {
        plain = plain && (c[i] == '\t' || mv_text_is_plain(mv_span(c + i, 1)) ||
                          (c[i] & 0x80) != 0);
        content = content || !is_blank(c[i]);
        trailing = trailing || (i > 0 && is_blank(c[i - 1]) &&
                                (c[i] == '#' || c[i] == ';'));
    }
    if (!plain)
        return "holds a byte that is no text (NUL, control, not UTF-8)";
    if (line.len > MV_CONF_LINE_BYTES)
        return "is longer than 196 bytes";
    if (!content || comment)
        return NULL;
    if (is_blank(c[0]))
        return "begins with a blank";
    if (c[0] == '[')
        return "is a section: there are none here";
    if (trailing)
        return "has a comment behind the value: comments have their own line";
    return NULL;
}

_Static_assert(MV_CONF_LINE_BYTES == 196, "the number is in a message");

static mv_rc scan(struct mv_span text, struct mv_err *err)
{
    size_t at = 0;
    for (int number = 1; at < text.len; number++) {
        struct mv_span line = mv_text_line(text, at);
        const char *fault = line_fault(mv_text_chomp(line));
        if (fault != NULL)
            return mv_fail(err, MV_CONFIG, "line %d: %s", number, fault);
        at += line.len;
    }
    return MV_OK;
}

/* inih's fgets: one line of what is left, which the scan found short. */
static char *next_line(char *to, int size, void *stream)
{
    struct reading *r = stream;
    if (r->rest.len == 0)
        return NULL;
    struct mv_span whole = mv_text_line(r->rest, 0);
    struct mv_span line = mv_text_chomp(whole);
    MV_ASSERT(size > 1 && line.len <= (size_t)size - 2);
    memcpy(to, line.at, line.len);
    memcpy(to + line.len, "\n", 2);
    r->rest =
        mv_span((const char *)r->rest.at + whole.len, r->rest.len - whole.len);
    r->line++;
    return to;
}

/* inih calls this behind each line it could split; 0 is a fault. */
static int take_setting(void *user, const char *section, const char *name,
                        const char *value)
{
    struct reading *r = user;
    (void)section;
    if (r->rc != MV_OK)
        return 0;
    const struct mv_conf_key *key = find_key(r->table, name);
    size_t index = key == NULL ? 0 : (size_t)(key - r->table->keys);
    if (key != NULL && r->seen[index]) {
        r->rc = mv_fail(r->err, MV_CONFIG, "%s: is given twice", name);
    } else {
        r->rc = set_by_name(r->table, r->values, name, value, r->err);
    }
    if (r->rc != MV_OK) {
        (void)mv_wrap(r->err, r->rc, "line %d", r->line);
        return 0;
    }
    r->seen[index] = true;
    r->settings++;
    return 1;
}

static mv_rc read_settings(struct reading *r)
{
    int bad_line = ini_parse_stream(next_line, r, take_setting, r);
    if (r->rc != MV_OK)
        return r->rc;
    if (bad_line != 0) {
        return mv_fail(r->err, MV_CONFIG, "line %d: is not 'name = value'",
                       bad_line);
    }
    if (r->settings == 0)
        return mv_fail(r->err, MV_CONFIG, "there is no setting in it");
    for (size_t i = 0; i < r->table->count; i++) {
        const struct mv_conf_key *key = &r->table->keys[i];
        if (key->fallback == NULL && !r->seen[i]) {
            return mv_fail(r->err, MV_CONFIG, "%s: is missing (%s)", key->name,
                           key->help);
        }
    }
    return MV_OK;
}

mv_rc mv_conf_parse(const struct mv_conf_table *t, const char *name,
                    struct mv_span text, void *values, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct reading r = {.table = t, .values = values, .err = err};
    r.seen = mv_xcalloc(t->count, sizeof *r.seen);
    r.rest = text;
    if (text.len >= 3 && memcmp(text.at, BOM, 3) == 0)
        r.rest = mv_span((const char *)text.at + 3, text.len - 3);
    MV_TRY(scan(r.rest, err));
    MV_TRY(mv_conf_defaults(t, values, err));
    MV_TRY(read_settings(&r));
out:
    free(r.seen);
    return mv_wrap(err, rc, "%s", name);
}

mv_rc mv_conf_load(const struct mv_conf_table *t, const char *path,
                   void *values, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_buf text = {0};
    MV_TRY(mv_file_read(path, MV_CONF_FILE_BYTES, 0, &text, err));
    MV_TRY(mv_conf_parse(t, path, mv_buf_span(&text), values, err));
out:
    mv_buf_done(&text);
    return rc;
}

/* "# " and words, as many to a line as WRAP_COLUMNS takes. */
static void print_comment(struct mv_buf *out, const char *text)
{
    size_t column = 0;
    while (*text != 0) {
        size_t word = strcspn(text, " ");
        if (column > 0 && column + 1 + word > WRAP_COLUMNS) {
            mv_buf_put_u8(out, '\n');
            column = 0;
        }
        if (column == 0)
            mv_buf_put_u8(out, '#');
        mv_buf_put_u8(out, ' ');
        mv_buf_put(out, text, word);
        column += word + 1;
        text += word + strspn(text + word, " ");
    }
    mv_buf_put_u8(out, '\n');
}

void mv_conf_print(const struct mv_conf_table *t, struct mv_buf *out)
{
    print_comment(out, t->title);
    for (size_t i = 0; i < t->count; i++) {
        const struct mv_conf_key *key = &t->keys[i];
        struct mv_buf about = {0};
        const char *value = key->example != NULL ? key->example : key->fallback;
        mv_buf_text(&about, key->help);
        mv_buf_text(&about, ". ");
        mv_conf_value_bounds(key, &about);
        if (key->fallback == NULL)
            mv_buf_text(&about, "; must be set");
        if (value == NULL)
            value = "";
        mv_buf_put_u8(out, '\n');
        print_comment(out, mv_buf_cstr(&about));
        mv_buf_printf(out, "%s =%s%s\n", key->name, *value != 0 ? " " : "",
                      value);
        mv_buf_done(&about);
    }
}

void mv_conf_done(const struct mv_conf_table *t, void *values)
{
    for (size_t i = 0; i < t->count; i++)
        mv_conf_value_done(&t->keys[i], values);
}

bool mv_conf_ask(struct mv_conf_asked *a, const char *set)
{
    if (a->set_count == MV_CONF_SETS_MAX)
        return false;
    a->sets[a->set_count++] = set;
    return true;
}

static mv_rc set_one(const struct mv_conf_table *t, void *values,
                     const char *text, struct mv_err *err)
{
    const char *eq = strchr(text, '=');
    if (eq == NULL)
        return mv_fail(err, MV_CONFIG, "--set %s: not NAME=VALUE", text);
    char *name = mv_xstrndup(text, (size_t)(eq - text));
    mv_rc rc = mv_conf_set(t, values, name, eq + 1, err);
    free(name);
    return rc;
}

mv_rc mv_conf_read(const struct mv_conf_table *t, const struct mv_conf_asked *a,
                   void *values, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_TRY(mv_conf_load(t, a->file, values, err));
    for (size_t i = 0; i < a->set_count; i++)
        MV_TRY(set_one(t, values, a->sets[i], err));
out:
    return rc;
}
