/* What was begun goes on, no number means two things, and who dies is started
 * again, but not for ever. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "proto/limits.h"
#include "proto/msg.h"
#include "services/base/file.h"
#include "services/base/hash.h"
#include "services/cli/args.h"
#include "services/cli/parcel.h"
#include "services/cli/place.h"
#include "services/cli/sender.h"
#include "services/cli/setup.h"
#include "services/cli/supervise.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

#define NOW INT64_C(1800000000000)

static char *dir;
static const uint8_t hash_a[32] = {1}, hash_b[32] = {2}, part_x[32] = {3};

/* Between the spool and the library: what was synced last. */
static struct {
    ino_t ino;
    unsigned count;
    bool fails;
} synced;

int fsync(int fd)
{
    struct stat st;
    synced.count++;
    if (fstat(fd, &st) == 0)
        synced.ino = st.st_ino;
    if (!synced.fails)
        return fdatasync(fd);
    errno = EIO;
    return -1;
}

static struct cli_spool *open_spool(int64_t now)
{
    struct cli_spool *s = NULL;
    struct mv_err err = {0};
    char *path = cli_path(dir, "spool");
    mv_rc rc = cli_spool_open(&s, path, now, &err);
    free(path);
    assert_int_equal(rc, MV_OK);
    return s;
}

static struct cli_entry *put(struct cli_spool *s, const char *producer,
                             const uint8_t *push, const uint8_t *content)
{
    struct cli_entry e = {.made_ms = NOW, .rows = 2, .file = "tall.csv"}, *in;
    const uint32_t lines[] = {7, 70000};
    struct mv_err err = {0};
    (void)snprintf(e.producer, sizeof e.producer, "%s", producer);
    memcpy(e.push, push, 32);
    memcpy(e.content, content, 32);
    e.number = cli_spool_number(s, producer);
    assert_int_equal(
        cli_spool_put(s, &e, mv_span_text("frame"), lines, &in, &err), MV_OK);
    return in;
}

static void answer(struct cli_spool *s, struct cli_entry *e, const char *result)
{
    struct mv_msg_answer m = {.number = e->number,
                              .has_number = true,
                              .result = mv_span_text(result),
                              .seq = 12,
                              .has_seq = true};
    struct mv_buf b = {0};
    struct mv_err err = {0};
    mv_msg_answer_encode(&m, &b);
    assert_int_equal(cli_spool_answer(s, e, mv_buf_span(&b), &err), MV_OK);
    mv_buf_done(&b);
}

static void what_was_put_is_there_after_a_restart(void **state)
{
    (void)state;
    struct cli_spool *s = open_spool(NOW);
    struct mv_buf frame = {0}, lines = {0};
    struct mv_err err = {0};
    uint64_t number = put(s, "p1", hash_a, part_x)->number;
    assert_true(number > 0 && number < UINT64_C(1) << 53);
    cli_spool_close(s);
    s = open_spool(NOW + 5000);
    assert_int_equal(cli_spool_count(s), 1);
    struct cli_entry *e = cli_spool_at(s, 0);
    assert_int_equal(e->number, number);
    assert_false(e->answered);
    assert_string_equal(e->file, "tall.csv");
    assert_memory_equal(e->content, part_x, 32);
    assert_int_equal(cli_spool_get(s, e, &frame, &lines, &err), MV_OK);
    assert_true(mv_span_is(mv_buf_span(&frame), "frame"));
    assert_int_equal(lines.len, 8);
    assert_int_equal(mv_be32_get(lines.at + 4), 70000);
    assert_int_equal(cli_spool_number(s, "p1"), number + 1);
    answer(s, e, "accepted");
    cli_spool_close(s);
    s = open_spool(NOW);
    assert_true(cli_spool_at(s, 0)->answered);
    assert_string_equal(cli_spool_at(s, 0)->result, "accepted");
    assert_int_equal(cli_spool_at(s, 0)->seq, 12);
    cli_spool_close(s);
    mv_buf_done(&frame);
    mv_buf_done(&lines);
}

/* Its files are on disk before they are sent, but lost with its name. */
static void a_new_spools_own_name_is_on_disk(void **state)
{
    (void)state;
    static const char *const names[] = {"new", "newer//"};
    struct cli_spool *s = NULL;
    struct mv_err err = {0};
    struct stat st;
    assert_int_equal(stat(dir, &st), 0);
    for (size_t i = 0; i < CLI_COUNT(names); i++) {
        char *path = cli_path(dir, "%s", names[i]);
        synced.fails = true;
        assert_int_equal(cli_spool_open(&s, path, NOW, &err), MV_FATAL);
        assert_int_equal(access(path, F_OK), -1); /* made anew next time */
        synced.fails = false;
        synced.ino = 0;
        assert_int_equal(cli_spool_open(&s, path, NOW, &err), MV_OK);
        assert_true(synced.ino == st.st_ino);
        cli_spool_close(s);
        unsigned count = synced.count;
        assert_int_equal(cli_spool_open(&s, path, NOW, &err), MV_OK);
        assert_true(synced.count == count);
        cli_spool_close(s);
        free(path);
    }
}

static void two_pushes_do_not_share_a_spool(void **state)
{
    (void)state;
    struct cli_spool *s = open_spool(NOW), *other = NULL;
    struct mv_err err = {0};
    char *path = cli_path(dir, "spool");
    assert_int_equal(cli_spool_open(&other, path, NOW, &err), MV_FULL);
    free(path);
    cli_spool_close(s);
}

static void the_same_again_is_known_until_something_else_was_sent(void **state)
{
    (void)state;
    struct cli_spool *s = open_spool(NOW);
    struct cli_entry *a = put(s, "p2", hash_a, part_x);
    answer(s, a, "accepted");
    assert_ptr_equal(cli_spool_find(s, "p2", hash_a, part_x), a);
    assert_null(cli_spool_find(s, "p3", hash_a, part_x));
    assert_null(cli_spool_find(s, "p2", hash_b, part_x));
    answer(s, put(s, "p2", hash_b, hash_b), "accepted");
    assert_null(cli_spool_find(s, "p2", hash_a, part_x));
    struct cli_entry *back = put(s, "p2", hash_a, part_x);
    assert_ptr_equal(cli_spool_find(s, "p2", hash_a, part_x), back);
    answer(s, back, "rejected");
    assert_ptr_equal(cli_spool_find(s, "p2", hash_a, part_x), a);
    cli_spool_close(s);
}

/* Keys of one trust share its numbers: spools begun in the same millisecond,
 * and those of the next minutes, count apart from each other. */
static void two_spools_of_one_trust_do_not_count_in_one_place(void **state)
{
    (void)state;
    const uint64_t apart = 1000000;
    uint64_t first[24];
    unsigned close = 0;
    for (unsigned i = 0; i < 24; i++) {
        char *path = cli_path(dir, "key-%u", i);
        struct cli_spool *s = NULL;
        struct mv_err err = {0};
        assert_int_equal(
            cli_spool_open(&s, path, NOW + i / 8 * INT64_C(5000), &err), MV_OK);
        first[i] = cli_spool_number(s, "p1");
        assert_true(first[i] == cli_spool_number(s, "p1"));
        for (unsigned k = 0; k < i; k++)
            close += first[i] < first[k] + apart && first[k] < first[i] + apart;
        cli_spool_close(s);
        free(path);
    }
    /* 276 pairs and 4,096 lanes to draw from: 0.07 pairs on average, more
     * than six once in 10^12 runs; did the clock alone decide, 84 */
    assert_true(close <= 6);
}

static void an_answer_is_kept_thirty_days_and_its_number_for_good(void **state)
{
    (void)state;
    struct cli_spool *s = open_spool(NOW);
    struct cli_entry *e = put(s, "p4", hash_a, part_x);
    (void)put(s, "p5", hash_a, part_x); /* without an answer: stays */
    struct mv_err err = {0};
    uint64_t number = e->number;
    int64_t now = (int64_t)time(NULL) * 1000;
    answer(s, e, "accepted");
    size_t before = cli_spool_count(s);
    assert_int_equal(cli_spool_expire(s, now + CLI_SPOOL_KEEP_MS - 60000, &err),
                     MV_OK);
    assert_int_equal(cli_spool_count(s), before);
    assert_int_equal(cli_spool_expire(s, now + CLI_SPOOL_KEEP_MS + 60000, &err),
                     MV_OK);
    assert_true(cli_spool_count(s) < before);
    cli_spool_close(s);
    s = open_spool(0); /* even if the clock is set back */
    assert_int_equal(cli_spool_number(s, "p4"), number + 1);
    bool waits = false;
    for (size_t i = 0; i < cli_spool_count(s); i++) {
        assert_string_not_equal(cli_spool_at(s, i)->producer, "p4");
        waits = waits || !strcmp(cli_spool_at(s, i)->producer, "p5");
    }
    assert_true(waits);
    cli_spool_close(s);
}

/* Of a put that a kill ended: the number that is drawn next is another, and
 * what was never whole would lie there for good, with its figures. What is
 * not of a spool stays. */
static void what_was_never_whole_is_gone_when_the_spool_is_opened(void **state)
{
    static const struct {
        const char *name;
        int there;
    } left[] = {{"spool/a.00000000000000000007.out.tmp", -1},
                {"spool/a-7.00000000000000000018.out.tmp", -1},
                {"spool/a.7.out.tmp", 0},
                {"spool/00000000000000000007.out.tmp", 0},
                {"spool/compiler.out.tmp", 0},
                {"spool/notes.tmp", 0}};
    (void)state;
    cli_spool_close(open_spool(NOW));
    for (size_t i = 0; i < CLI_COUNT(left); i++)
        mv_test_write(dir, left[i].name, "half", 4);
    cli_spool_close(open_spool(NOW));
    for (size_t i = 0; i < CLI_COUNT(left); i++) {
        char *path = cli_path(dir, "%s", left[i].name);
        assert_int_equal(access(path, F_OK), left[i].there);
        (void)unlink(path);
        free(path);
    }
}

/* A figure of it would be another one, in good order. */
static void what_is_another_by_a_bit_is_damaged_not_sent(void **state)
{
    (void)state;
    struct cli_spool *s = open_spool(NOW);
    struct cli_entry *e = put(s, "p10", hash_a, hash_b);
    struct mv_buf bytes = {0}, frame = {0};
    struct mv_err err = {0};
    char *path =
        cli_path(dir, "spool/p10.%020llu.out", (unsigned long long)e->number);
    assert_int_equal(cli_spool_get(s, e, &frame, NULL, &err), MV_OK);
    assert_int_equal(mv_file_read(path, 1 << 20, 0, &bytes, &err), MV_OK);
    uint8_t *at = memmem(bytes.at, bytes.len,
                         "frame\xc4\x05"
                         "frame",
                         12);
    assert_non_null(at);
    at[11] ^= 1;
    assert_int_equal(mv_file_write(path, mv_buf_span(&bytes), 0600, &err),
                     MV_OK);
    assert_int_equal(cli_spool_get(s, e, &frame, NULL, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, path));
    mv_buf_done(&bytes);
    mv_buf_done(&frame);
    assert_int_equal(unlink(path), 0);
    free(path);
    cli_spool_close(s);
}

static void a_damaged_entry_is_named_and_nothing_is_sent(void **state)
{
    (void)state;
    struct cli_spool *s = open_spool(NOW);
    struct mv_err err = {0};
    cli_spool_close(s);
    char *path = cli_path(dir, "spool/p9.00000000000000000001.out");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs("garbage", f);
    (void)fclose(f);
    char *spool = cli_path(dir, "spool");
    assert_int_equal(cli_spool_open(&s, spool, NOW, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "p9."));
    (void)unlink(path);
    free(path);
    free(spool);
}

/* Taken for none it gave a number that had been used, or another lane's. */
static void a_damaged_number_to_come_is_named_and_nothing_is_sent(void **state)
{
    static const char *const bad[] = {
        "",     "garbage\n", "0\n",    "70",
        "-7\n", " 7\n",      "7\n8\n", "18446744073709551616\n"};
    (void)state;
    struct cli_spool *s = NULL;
    struct mv_err err = {0};
    char *spool = cli_path(dir, "spool"), *path = cli_path(spool, "p11.next");
    for (size_t i = 0; i < CLI_COUNT(bad); i++) {
        mv_test_write(dir, "spool/p11.next", bad[i], strlen(bad[i]));
        if (cli_spool_open(&s, spool, NOW, &err) != MV_CONFIG)
            fail_msg("'%s' was taken", bad[i]);
        assert_non_null(strstr(err.text, path));
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* there, and not to be read */
    assert_int_equal(cli_spool_open(&s, spool, NOW, &err), MV_CONFIG);
    assert_int_equal(rmdir(path), 0);
    mv_test_write(dir, "spool/p11.next", "700\n", 4);
    mv_test_write(dir, "spool/not ours.next", "garbage", 7);
    s = open_spool(NOW);
    assert_int_equal(cli_spool_number(s, "p11"), 700);
    (void)put(s, "p11", hash_a, part_x);
    assert_int_equal(cli_spool_number(s, "p11"), 701);
    cli_spool_close(s);
    free(path);
    free(spool);
}

static void deliveries_hold_what_the_protocol_takes(void **state)
{
    (void)state;
    struct cli_sheet s = {0};
    struct mv_buf text = {0}, frame = {0};
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    mv_buf_text(&text, "indicator;unit;period;value;note\n");
    for (int i = 0; i < 25000; i++) {
        mv_buf_printf(&text, "v%d;ahus;2024;%d,5;%s\n", i, i,
                      i < 20000 ? ""
                                : "en ganske lang merknad om tallet som "
                                  "st\xc3\xa5r her, og som igjen og igjen "
                                  "sier hvor det er hentet fra, side for "
                                  "side og tabell for tabell, slik at det "
                                  "tar mye plass i leveransen likevel");
    }
    assert_true(cli_sheet_read(&s, mv_buf_span(&text)));
    uint32_t at = 0, parts = 0;
    while (at < s.count) {
        uint32_t rows = cli_parcel_rows(&s, at, 0);
        assert_true(rows >= 1 && rows <= MV_MAX_ROWS);
        mv_buf_clear(&frame);
        cli_parcel_put(&s, at, rows, "tall", 7, &frame);
        assert_true(frame.len <= CLI_PARCEL_BYTES);
        assert_true(mv_delivery_read(mv_buf_span(&frame), &d, &conflicts));
        assert_int_equal(d.row_count, rows);
        assert_int_equal(d.rows[0].value, s.rows[at].value);
        at += rows;
        parts++;
    }
    assert_int_equal(at, 25000);
    assert_true(parts > 3);
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&text);
    mv_buf_done(&frame);
    cli_sheet_done(&s);
}

static void a_producers_name_comes_from_the_files(void **state)
{
    (void)state;
    char name[65];
    assert_true(cli_parcel_producer("/x/Tall 2024 (nye).csv", name));
    assert_string_equal(name, "tall-2024-nye");
    assert_true(cli_parcel_producer("ahus", name));
    assert_string_equal(name, "ahus");
    assert_false(cli_parcel_producer("/x/---.csv", name));
}

static void waits_grow_and_differ_but_have_an_end(void **state)
{
    (void)state;
    assert_int_equal(cli_sender_wait(1, 0), 1000);
    assert_true(cli_sender_wait(1, UINT32_MAX) < 2000);
    assert_int_equal(cli_sender_wait(3, 0), 4000);
    assert_int_equal(cli_sender_wait(60, 0), 30000);
    assert_true(cli_sender_wait(60, UINT32_MAX) < 60000);
    assert_int_equal(cli_watch_back_off(1), 1000);
    assert_int_equal(cli_watch_back_off(3), 4000);
    assert_int_equal(cli_watch_back_off(40), 30000);
}

static void ten_deaths_in_five_minutes_are_too_many(void **state)
{
    (void)state;
    struct cli_child k = {0};
    for (int i = 0; i < 9; i++)
        assert_false(cli_watch_death(&k, 1000 + i * 20000));
    assert_true(cli_watch_death(&k, 1000 + 9 * 20000));
    k = (struct cli_child){0};
    for (int i = 0; i < 100; i++) /* one in 40 s is not */
        assert_false(cli_watch_death(&k, 1000 + i * 40000));
    bool enough = false;
    for (int i = 0; i < 10; i++)
        enough = cli_watch_death(&k, 3990000 + i * 1000);
    assert_true(enough);
}

static struct cli cli_of(FILE *to)
{
    static const struct cli_option own[] = {{"year", "Y", "", ""},
                                            {"all", NULL, "", ""}};
    static const struct cli_command command = {.name = "x",
                                               .usage = "A",
                                               .example = "",
                                               .options = own,
                                               .option_count = 2,
                                               .least = 1,
                                               .most = 2};
    return (struct cli){.command = &command, .out = to, .err = to};
}

static int read_args(struct cli *c, const char *const *words)
{
    static char held[8][32];
    static char *argv[8];
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        (void)snprintf(held[argc], sizeof held[argc], "%s", words[argc]);
        argv[argc] = held[argc];
    }
    return cli_args_read(c, argc, argv);
}

static void options_are_as_the_table_says_or_nothing_runs(void **state)
{
    (void)state;
    FILE *to = fopen("/dev/null", "w");
    struct cli c = cli_of(to);
    int64_t year = 0;
    assert_int_equal(
        read_args(&c, (const char *[]){"a", "--year", "2024", "--all", "--",
                                       "--b", NULL}),
        CLI_OK);
    assert_int_equal(c.arg_count, 2);
    assert_string_equal(c.args[1], "--b");
    assert_true(cli_option_int(&c, "year", 2000, 2100, &year));
    assert_int_equal(year, 2024);
    assert_non_null(cli_option(&c, "all"));
    assert_null(cli_option(&c, "json"));
    static const char *const bad[][4] = {
        {"a", "--nope"}, {"a", "--year"},         {"a", "--all=1"},
        {"--all"},       {"a", "--all", "--all"}, {"a", "b", "c"}};
    for (size_t i = 0; i < CLI_COUNT(bad); i++) {
        c = cli_of(to);
        assert_int_equal(read_args(&c, bad[i]), CLI_USAGE);
    }
    c = cli_of(to);
    assert_int_equal(read_args(&c, (const char *[]){"a", "--year=20x4", NULL}),
                     CLI_OK);
    assert_false(cli_option_int(&c, "year", 2000, 2100, &year));
    (void)fclose(to);
}

static bool take_lock(int fd)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fd >= 0 && fcntl(fd, F_OFD_SETLK, &l) == 0;
}

static void *look_on(void *arg)
{
    atomic_bool *enough = arg;
    while (!atomic_load(enough))
        (void)cli_setup_running(dir);
    return NULL;
}

/* What stands in the file may be of a process that ended long ago, whose
 * number another has now. */
static void who_looks_whether_up_runs_is_in_nobodys_way(void **state)
{
    char *path = cli_path(dir, "up.pid");
    atomic_bool enough = false;
    pthread_t looker;
    (void)state;
    mv_test_write(dir, "up.pid", "1\n", 2);
    assert_int_equal(cli_setup_running(dir), 0);
    assert_int_equal(pthread_create(&looker, NULL, look_on, &enough), 0);
    for (int i = 0; i < 20000; i++) {
        int runs = open(path, O_RDWR | O_CLOEXEC);
        assert_true(take_lock(runs));
        if (i % 100 == 0)
            assert_int_equal(cli_setup_running(dir), 1);
        (void)close(runs);
        if (i % 100 == 0)
            assert_int_equal(cli_setup_running(dir), 0);
    }
    atomic_store(&enough, true);
    assert_int_equal(pthread_join(looker, NULL), 0);
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* No end is the last of all numbers, and no day that a clock could show. */
static void a_key_without_an_end_is_listed(void **state)
{
    static const char keys[] =
        "maalvakt-keys 1\n"
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        " name=ahus role=reader\n";
    static const char place[] = "shift_ms = 0\n";
    char *argv[] = {(char[]){"maalvakt"},
                    (char[]){"keys"},
                    (char[]){"list"},
                    (char[]){"--dir"},
                    dir,
                    NULL};
    (void)state;
    mv_test_write(dir, "public-keys", keys, sizeof keys - 1);
    mv_test_write(dir, "installation", place, sizeof place - 1);
    assert_int_equal(cli_main(5, argv), CLI_OK);
}

static int begin(void **state)
{
    (void)state;
    dir = mv_test_dir(false);
    return 0;
}

static int tidy(void **state)
{
    (void)state;
    mv_test_dir_done(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_there_after_a_restart),
        cmocka_unit_test(a_new_spools_own_name_is_on_disk),
        cmocka_unit_test(two_pushes_do_not_share_a_spool),
        cmocka_unit_test(the_same_again_is_known_until_something_else_was_sent),
        cmocka_unit_test(two_spools_of_one_trust_do_not_count_in_one_place),
        cmocka_unit_test(an_answer_is_kept_thirty_days_and_its_number_for_good),
        cmocka_unit_test(what_was_never_whole_is_gone_when_the_spool_is_opened),
        cmocka_unit_test(a_damaged_entry_is_named_and_nothing_is_sent),
        cmocka_unit_test(a_damaged_number_to_come_is_named_and_nothing_is_sent),
        cmocka_unit_test(what_is_another_by_a_bit_is_damaged_not_sent),
        cmocka_unit_test(deliveries_hold_what_the_protocol_takes),
        cmocka_unit_test(a_producers_name_comes_from_the_files),
        cmocka_unit_test(waits_grow_and_differ_but_have_an_end),
        cmocka_unit_test(ten_deaths_in_five_minutes_are_too_many),
        cmocka_unit_test(options_are_as_the_table_says_or_nothing_runs),
        cmocka_unit_test(who_looks_whether_up_runs_is_in_nobodys_way),
        cmocka_unit_test(a_key_without_an_end_is_listed),
    };
    return cmocka_run_group_tests(tests, begin, tidy);
}
