/* Rows that are not what we wrote (a disk that lies, another program's hand): the journal, what waits, what
 * is parked, cursors. First byte: which; then position, first and head as numbers; the rest is the blob.
 * Refused or passed over, never believed. */
#include "common/held.h"
#include "common/inbox.h"
#include "common/journal.h"
#include "common_sql.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void fill(void *state, void *bytes, size_t size) {
    (void)state;
    memset(bytes, 7, size);
}

static const struct random sevens = {fill, NULL};

static struct store *store(void) {
    static struct store *one;
    const struct store_schema *schemas[] = {&common_schema};
    struct error error = {""};
    if (!one)
        one = store_open(&(struct store_options){.path = ":memory:", .vfs = "unix-none"}, schemas, 1, &error);
    FUZZ_HOLDS(one);
    return one;
}

static void add_journal(struct fuzz_input *input) {
    struct statement *add = common_use(store(), COMMON_JOURNAL_APPEND);
    int64_t lane = fuzz_byte(input) & 1, last = (int64_t)(fuzz_number(input) >> 4);
    bind_int(add, (lane << 60) + last);
    bind_int(add, (int64_t)fuzz_number(input));
    bind_int(add, 1000);
    bind_int(add, (int64_t)(input->end - input->at));
    bind_blob(add, input->at, (size_t)(input->end - input->at));
    statement_run(add);
}

static void serve(struct journal *journal, enum lane lane, uint64_t after) {
    struct link_fetch fetch = {
        .consumer = "triage", .lane = lane, .after = after, .credit_bytes = 4096, .incarnation_known = true};
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
    struct link_frame frame;
    memcpy(fetch.incarnation, journal_incarnation(journal), LINK_INCARNATION);
    if (journal_serve(journal, &fetch, &out)) {
        link_read(out.bytes, out.size, &frame);
        FUZZ_HOLDS(out.failed || frame.kind != LINK_FETCH);
    }
    buffer_free(&out);
}

static void read_journal(uint64_t after) {
    struct error error = {""};
    struct journal *journal = journal_open(store(), &sevens, "intake", &error);
    FUZZ_HOLDS(journal || error.text[0]);
    for (enum lane lane = 0; journal && lane < LANES; lane++) {
        serve(journal, lane, 0);
        serve(journal, lane, after);
        serve(journal, lane, journal_head(journal, lane));
        journal_trim(journal, lane, after, 500);
    }
    journal_free(&journal);
}

static void add_held(struct fuzz_input *input, unsigned number) {
    struct statement *add = common_use(store(), number);
    bind_text(add, "intake");
    bind_int(add, (int64_t)fuzz_byte(input));
    bind_int(add, (int64_t)fuzz_number(input));
    bind_int(add, 1000);
    bind_blob(add, input->at, (size_t)(input->end - input->at) < 16 ? (size_t)(input->end - input->at) : 16);
    if (number == COMMON_PARKED_ADD)
        bind_text(add, "reason");
    bind_blob(add, input->at, (size_t)(input->end - input->at));
    while (statement_step(add))
        ;
}

static void read_held(void) {
    struct held *held = held_open(store());
    for (size_t i = 0; held && i < held_waiting_count(held); i++)
        held_blocks(held, held_waiting(held, i));
    unsigned count;
    if (held)
        held_retry(held, 0, &count);
    held_free(&held);
    held = held_open(store());
    held_free(&held);
}

static void add_cursor(struct fuzz_input *input) {
    struct statement *add = common_use(store(), COMMON_CURSOR_CREATE);
    bind_text(add, "intake");
    bind_int(add, (int64_t)(int8_t)fuzz_byte(input));
    size_t size = (size_t)(input->end - input->at);
    bind_blob(add, input->at, size < 17 ? size : 16);
    bind_int(add, (int64_t)fuzz_number(input));
    statement_run(add);
}

static void read_inbox(struct fuzz_input *input) {
    struct inbox *inbox = inbox_open(store(), "intake", false);
    struct link_frame frame;
    struct record record;
    link_read(input->at, (size_t)(input->end - input->at), &frame);
    if (inbox && inbox_receive(inbox, &frame, 1))
        for (enum lane lane = 0; lane < LANES; lane++)
            while (inbox_peek(inbox, lane, &record))
                inbox_take(inbox, lane);
    if (inbox) {
        inbox_rolled_back(inbox);
        inbox_write(inbox);
    }
    inbox_free(&inbox);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    FUZZ_HOLDS(store_begin(store()));
    switch (fuzz_byte(&input) % 4) {
    case 0:
        add_journal(&input);
        read_journal(fuzz_number(&input));
        break;
    case 1:
        add_held(&input, COMMON_WAITING_ADD);
        read_held();
        break;
    case 2:
        add_held(&input, COMMON_PARKED_ADD);
        read_held();
        break;
    default:
        add_cursor(&input);
        read_inbox(&input);
    }
    store_rollback(store());
    store_forgive(store());
    return 0;
}
