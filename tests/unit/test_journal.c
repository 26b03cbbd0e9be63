/* A journal on a store in memory: numbering, staging, serving from memory and from the table, divergence,
 * trimming; and the inbox that reads it. */
#include "common/inbox.h"
#include "common/journal.h"
#include "common_sql.h"
#include "tests/fixture/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bench {
    struct store *store, *reader_store;
    struct journal *journal;
    struct inbox *inbox;
    int64_t now;
};

static void fill(void *state, void *bytes, size_t size) {
    memset(bytes, *(int *)state, size);
}

static struct journal *open_journal(struct bench *bench, int mark) {
    struct error error = {""};
    struct random random = {fill, &mark};
    struct journal *journal = journal_open(bench->store, &random, "alpha", &error);
    if (!journal)
        fail_msg("%s", error.text);
    return journal;
}

static struct store *open_store(void) {
    const struct store_schema *schemas[] = {&common_schema};
    struct error error = {""};
    struct store *store =
        store_open(&(struct store_options){.path = ":memory:", .vfs = "unix-none"}, schemas, 1, &error);
    if (!store)
        fail_msg("%s", error.text);
    return store;
}

static int set_up(void **state) {
    struct bench *bench = calloc(1, sizeof *bench);
    bench->now = 1000;
    bench->store = open_store();
    bench->reader_store = open_store();
    bench->journal = open_journal(bench, 7);
    bench->inbox = inbox_open(bench->reader_store, "alpha", false);
    *state = bench;
    return 0;
}

static int tear_down(void **state) {
    struct bench *bench = *state;
    inbox_free(&bench->inbox);
    journal_free(&bench->journal);
    store_close(&bench->store);
    store_close(&bench->reader_store);
    free(bench);
    return 0;
}

/* So many records in one turn; each holds its number and is `size` long at least. */
static void append(struct bench *bench, enum lane lane, unsigned count, size_t size) {
    assert_true(store_begin(bench->store));
    for (unsigned i = 0; i < count; i++) {
        char *record = calloc(1, size + 32);
        snprintf(record, 32, "%llu", (unsigned long long)journal_next(bench->journal, lane));
        assert_true(journal_stage(bench->journal, lane, record, size + 32));
        free(record);
    }
    journal_write(bench->journal, bench->now);
    assert_int_equal(store_commit(bench->store), STORE_OK);
    journal_committed(bench->journal);
}

static struct link_fetch fetch_of(const struct bench *bench, enum lane lane, uint64_t after) {
    struct link_fetch fetch = {
        .consumer = "beta", .lane = lane, .after = after, .credit_bytes = 1 << 20, .incarnation_known = true};
    memcpy(fetch.incarnation, journal_incarnation(bench->journal), LINK_INCARNATION);
    return fetch;
}

/* Serves once and checks that the records go on behind `after`; returns how many there were. */
static uint64_t serve(struct bench *bench, const struct link_fetch *fetch) {
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
    struct link_frame frame;
    uint64_t count = 0;
    if (journal_serve(bench->journal, fetch, &out)) {
        link_read(out.bytes, out.size, &frame);
        assert_int_equal(frame.kind, LINK_BATCH);
        assert_int_equal(frame.batch.head, journal_head(bench->journal, (enum lane)fetch->lane));
        const uint8_t *at = frame.batch.records, *end = at + frame.batch.records_size, *record;
        size_t size;
        while (at && link_next_record(&at, end, &record, &size))
            assert_int_equal(strtoull((const char *)record, NULL, 10), frame.batch.after + ++count);
    }
    buffer_free(&out);
    return count;
}

static enum link_frame_kind kind_of(struct bench *bench, const struct link_fetch *fetch) {
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
    struct link_frame frame = {.kind = LINK_MALFORMED};
    if (journal_serve(bench->journal, fetch, &out))
        link_read(out.bytes, out.size, &frame);
    buffer_free(&out);
    return frame.kind;
}

static void records_are_numbered_without_gaps(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 3, 0);
    append(bench, LANE_URGENT, 1, 0);
    append(bench, LANE_NORMAL, 2, 0);
    assert_int_equal(journal_head(bench->journal, LANE_NORMAL), 5);
    assert_int_equal(journal_head(bench->journal, LANE_URGENT), 1);
    for (uint64_t after = 0; after < 5; after++) {
        struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, after);
        assert_int_equal(serve(bench, &fetch), 5 - after);
    }
    struct link_fetch last = fetch_of(bench, LANE_NORMAL, 5);
    assert_int_equal(kind_of(bench, &last), LINK_MALFORMED); /* nothing yet: the reader waits */
}

static void an_undone_input_leaves_no_hole(void **state) {
    struct bench *bench = *state;
    assert_true(store_begin(bench->store));
    journal_stage(bench->journal, LANE_NORMAL, "1", 2);
    struct journal_mark mark = journal_mark(bench->journal);
    journal_stage(bench->journal, LANE_NORMAL, "2", 2);
    journal_stage(bench->journal, LANE_URGENT, "1", 2);
    journal_undo(bench->journal, mark);
    assert_int_equal(journal_next(bench->journal, LANE_NORMAL), 2);
    assert_int_equal(journal_next(bench->journal, LANE_URGENT), 1);
    journal_stage(bench->journal, LANE_NORMAL, "2", 2);
    journal_write(bench->journal, bench->now);
    assert_int_equal(store_commit(bench->store), STORE_OK);
    journal_committed(bench->journal);
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 0);
    assert_int_equal(serve(bench, &fetch), 2);
}

static void nothing_is_served_before_the_commit(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 1, 0);
    assert_true(store_begin(bench->store));
    journal_stage(bench->journal, LANE_NORMAL, "2", 2);
    journal_write(bench->journal, bench->now);
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 1);
    assert_int_equal(kind_of(bench, &fetch), LINK_MALFORMED);
    store_rollback(bench->store);
    journal_rolled_back(bench->journal);
    assert_int_equal(journal_next(bench->journal, LANE_NORMAL), 2);
    append(bench, LANE_NORMAL, 1, 0);
    assert_int_equal(serve(bench, &fetch), 1);
}

static void a_reopened_journal_goes_on(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 4, 0);
    append(bench, LANE_URGENT, 2, 0);
    uint8_t before[LINK_INCARNATION];
    memcpy(before, journal_incarnation(bench->journal), sizeof before);
    journal_free(&bench->journal);
    bench->journal = open_journal(bench, 9);
    assert_memory_equal(journal_incarnation(bench->journal), before, sizeof before);
    append(bench, LANE_NORMAL, 1, 0);
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 1); /* half from the table, half from memory */
    assert_int_equal(serve(bench, &fetch), 4);
    assert_int_equal(journal_next(bench->journal, LANE_URGENT), 3);
}

static void credit_bounds_a_batch_and_one_turn_always_fits(void **state) {
    struct bench *bench = *state;
    for (int i = 0; i < 20; i++)
        append(bench, LANE_NORMAL, 10, 1000);
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 0);
    fetch.credit_bytes = 1;
    uint64_t read = 0, batches = 0;
    while (fetch.after < 200) {
        uint64_t count = serve(bench, &fetch);
        assert_in_range(count, 1, 20);
        fetch.after = read += count;
        batches++;
    }
    assert_in_range(batches, 10, 20);
    append(bench, LANE_NORMAL, 1, 3 << 20);
    assert_int_equal(serve(bench, &fetch), 1);
}

static void a_turn_that_says_too_much_is_told(void **state) {
    struct bench *bench = *state;
    static char big[1 << 20];
    assert_true(store_begin(bench->store));
    int taken = 0;
    while (taken < 10 && journal_stage(bench->journal, LANE_NORMAL, big, sizeof big))
        taken++;
    assert_in_range(taken, 3, 4);
    store_rollback(bench->store);
    journal_rolled_back(bench->journal);
    append(bench, LANE_NORMAL, 1, 0); /* and forgotten */
}

static void what_is_not_of_this_journal_diverges(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 5, 0);
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 6);
    assert_int_equal(kind_of(bench, &fetch), LINK_DIVERGED); /* beyond the head */
    fetch.after = 5;
    fetch.incarnation[0] ^= 1;
    assert_int_equal(kind_of(bench, &fetch), LINK_DIVERGED); /* another incarnation */
    fetch.after = 3;
    fetch.incarnation_known = false;
    assert_int_equal(kind_of(bench, &fetch), LINK_DIVERGED); /* a place in no history */
}

static void a_new_reader_starts_where_it_says(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 5, 0);
    struct link_fetch fetch = {.consumer = "beta", .lane = LANE_NORMAL, .credit_bytes = 1 << 20};
    assert_int_equal(serve(bench, &fetch), 5);
    fetch.from_now = true;
    assert_int_equal(kind_of(bench, &fetch), LINK_BATCH); /* empty, but it says where the journal stands */
    assert_int_equal(serve(bench, &fetch), 0);
}

static void trimming_leaves_what_is_young_and_the_last_row(void **state) {
    struct bench *bench = *state;
    for (int i = 0; i < 10; i++) {
        bench->now = 1000 + i;
        append(bench, LANE_NORMAL, 2, 0);
    }
    journal_refresh(bench->journal);
    assert_true(store_begin(bench->store));
    journal_trim(bench->journal, LANE_NORMAL, 11, 1008); /* a row is whole or gone: 11 lies inside one */
    journal_trim(bench->journal, LANE_URGENT, 100, 9999);
    assert_int_equal(store_commit(bench->store), STORE_OK);
    journal_refresh(bench->journal);
    assert_int_equal(journal_oldest(bench->journal, LANE_NORMAL), 11);
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 9);
    assert_int_equal(kind_of(bench, &fetch), LINK_DIVERGED);
    fetch.after = 10;
    assert_int_equal(serve(bench, &fetch), 10);
    assert_true(store_begin(bench->store));
    journal_trim(bench->journal, LANE_NORMAL, 20, 9999);
    assert_int_equal(store_commit(bench->store), STORE_OK);
    journal_free(&bench->journal);
    bench->journal = open_journal(bench, 9);
    assert_int_equal(journal_head(bench->journal, LANE_NORMAL), 20); /* the numbering goes on */
}

/* Housekeeping comes every ten seconds, and a journal is kept for weeks: it must not go through all of it. */
static void trimming_looks_at_no_more_than_it_forgets(void **state) {
    enum { ROWS = 3000, TRIMMED = 1024 };
    struct bench *bench = *state;
    for (int i = 0; i < ROWS; i++) {
        bench->now = 1000 + i;
        append(bench, LANE_NORMAL, 1, 0);
    }
    steps_taken();
    journal_refresh(bench->journal);
    assert_true(store_begin(bench->store));
    assert_false(journal_trim(bench->journal, LANE_NORMAL, ROWS, 1000)); /* none is old enough */
    assert_in_range(steps_taken(), 0, 500);
    assert_true(journal_trim(bench->journal, LANE_NORMAL, ROWS, 1000 + TRIMMED + 10));
    assert_in_range(steps_taken(), TRIMMED, 40 * TRIMMED);
    assert_int_equal(store_commit(bench->store), STORE_OK);
    journal_refresh(bench->journal);
    assert_int_equal(journal_oldest(bench->journal, LANE_NORMAL), TRIMMED + 1);
    assert_true(store_begin(bench->store));
    assert_false(journal_trim(bench->journal, LANE_NORMAL, ROWS, 1000 + TRIMMED + 10));
    assert_int_equal(store_commit(bench->store), STORE_OK);
    journal_refresh(bench->journal);
    assert_int_equal(journal_oldest(bench->journal, LANE_NORMAL), TRIMMED + 11);
}

/* ---- the reading end ---- */

static bool hand_over(struct bench *bench, enum lane lane) {
    struct link_fetch fetch;
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
    struct link_frame frame;
    bool more = false;
    if (inbox_wants(bench->inbox, lane, "beta", &fetch) && journal_serve(bench->journal, &fetch, &out)) {
        link_read(out.bytes, out.size, &frame);
        more = inbox_receive(bench->inbox, &frame, 1);
        assert_false(more && inbox_receive(bench->inbox, &frame, 1)); /* the same again is dropped */
    }
    buffer_free(&out);
    return more;
}

static bool commit_reader(struct bench *bench) {
    bool moved = inbox_write(bench->inbox);
    if (moved && store_commit(bench->reader_store) == STORE_OK) {
        inbox_committed(bench->inbox);
        return true;
    }
    store_rollback(bench->reader_store);
    store_forgive(bench->reader_store);
    return false;
}

static void take(struct bench *bench, uint64_t sequence) {
    struct record record;
    assert_true(inbox_peek(bench->inbox, LANE_NORMAL, &record));
    assert_int_equal(record.sequence, sequence);
    assert_int_equal(strtoull((const char *)record.bytes, NULL, 10), sequence);
    inbox_take(bench->inbox, LANE_NORMAL);
}

static void the_cursor_moves_with_the_commit(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 4, 0);
    assert_true(hand_over(bench, LANE_NORMAL));
    assert_true(store_begin(bench->reader_store));
    take(bench, 1);
    take(bench, 2);
    assert_int_equal(inbox_position(bench->inbox, LANE_NORMAL), 2);
    assert_int_equal(inbox_cursor(bench->inbox, LANE_NORMAL), 0);
    assert_true(commit_reader(bench));
    assert_int_equal(inbox_cursor(bench->inbox, LANE_NORMAL), 2);
    assert_true(store_begin(bench->reader_store));
    take(bench, 3);
    store_rollback(bench->reader_store);
    inbox_rolled_back(bench->inbox);
    assert_true(store_begin(bench->reader_store));
    take(bench, 3); /* once more */
    take(bench, 4);
    assert_true(commit_reader(bench));
    inbox_free(&bench->inbox);
    bench->inbox = inbox_open(bench->reader_store, "alpha", false);
    assert_int_equal(inbox_cursor(bench->inbox, LANE_NORMAL), 4);
}

static void somebody_else_at_the_cursor_is_noticed(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 2, 0);
    assert_true(hand_over(bench, LANE_NORMAL));
    struct inbox *other = inbox_open(bench->reader_store, "alpha", false);
    assert_true(store_begin(bench->reader_store));
    take(bench, 1);
    assert_true(commit_reader(bench));
    struct inbox *first = bench->inbox;
    bench->inbox = inbox_open(bench->reader_store, "alpha", false); /* sees the cursor at 1 */
    assert_true(store_begin(bench->reader_store));
    assert_true(hand_over(bench, LANE_NORMAL));
    take(bench, 2);
    assert_true(commit_reader(bench));
    inbox_free(&bench->inbox);
    bench->inbox = first; /* still thinks it is at 1 */
    assert_true(store_begin(bench->reader_store));
    take(bench, 2);
    assert_false(inbox_write(bench->inbox));
    store_rollback(bench->reader_store);
    inbox_free(&other);
}

static void a_cut_link_stays_cut_until_somebody_has_looked(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 1, 0);
    struct link_frame diverged = {.kind = LINK_DIVERGED};
    struct link_fetch fetch;
    strcpy(diverged.batch.journal, "alpha");
    inbox_receive(bench->inbox, &diverged, 1);
    assert_int_equal(inbox_state(bench->inbox, 1), LINK_CUT);
    assert_true(inbox_just_cut(bench->inbox));
    assert_false(inbox_just_cut(bench->inbox));
    assert_false(inbox_wants(bench->inbox, LANE_NORMAL, "beta", &fetch));
    assert_false(hand_over(bench, LANE_NORMAL));
    inbox_reconnect(bench->inbox);
    assert_true(hand_over(bench, LANE_NORMAL));
}

/* A reader that asks for more than a frame holds gets as much as one holds, and the rest after it. */
static void more_than_a_frame_comes_in_two(void **state) {
    struct bench *bench = *state;
    enum { TURNS = 1024 }; /* x 4 KiB with tag and length: all of it is kept in memory */
    struct link_fetch fetch = fetch_of(bench, LANE_NORMAL, 0);
    fetch.credit_bytes = UINT32_MAX;
    for (unsigned i = 0; i < TURNS; i++)
        append(bench, LANE_NORMAL, 1, 4096 - 3 - 32);
    fetch.after = serve(bench, &fetch);
    assert_in_range(fetch.after, TURNS - 8, TURNS - 1);
    assert_int_equal(serve(bench, &fetch), TURNS - fetch.after);
}

static void a_batch_of_another_journal_or_with_a_bad_tail_is_dropped(void **state) {
    struct bench *bench = *state;
    append(bench, LANE_NORMAL, 2, 0);
    struct link_fetch fetch = {.consumer = "beta", .lane = LANE_NORMAL, .credit_bytes = 1 << 20};
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
    struct link_frame frame;
    assert_true(journal_serve(bench->journal, &fetch, &out));
    link_read(out.bytes, out.size, &frame);
    strcpy(frame.batch.journal, "gamma");
    assert_false(inbox_receive(bench->inbox, &frame, 1));
    strcpy(frame.batch.journal, "alpha");
    frame.batch.records_size -= 3;
    assert_false(inbox_receive(bench->inbox, &frame, 1));
    frame.batch.records_size += 3;
    assert_true(inbox_receive(bench->inbox, &frame, 1));
    buffer_free(&out);
}

int main(void) {
    steps_watch();
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(records_are_numbered_without_gaps),
        TEST(an_undone_input_leaves_no_hole),
        TEST(nothing_is_served_before_the_commit),
        TEST(a_reopened_journal_goes_on),
        TEST(credit_bounds_a_batch_and_one_turn_always_fits),
        TEST(more_than_a_frame_comes_in_two),
        TEST(a_turn_that_says_too_much_is_told),
        TEST(what_is_not_of_this_journal_diverges),
        TEST(a_new_reader_starts_where_it_says),
        TEST(trimming_leaves_what_is_young_and_the_last_row),
        TEST(trimming_looks_at_no_more_than_it_forgets),
        TEST(the_cursor_moves_with_the_commit),
        TEST(somebody_else_at_the_cursor_is_noticed),
        TEST(a_cut_link_stays_cut_until_somebody_has_looked),
        TEST(a_batch_of_another_journal_or_with_a_bad_tail_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
