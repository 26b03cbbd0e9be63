#include "throttle.h"

#include "console_sql.h"

#include <sodium.h>
#include <string.h>

enum { KEY_BYTES = ID_BYTES, SWEPT_AT_ONCE = 512 };

int64_t throttle_wait_ms(enum throttle throttle, int64_t count, int64_t last_at, int64_t now) {
    static const struct {
        int64_t free, first_ms, most_ms;
    } limits[THROTTLES] = {
        [THROTTLE_PAIR] = {5, 30 * 1000, THROTTLE_WINDOW_MS},
        [THROTTLE_ADDRESS] = {50, 60 * 1000, THROTTLE_WINDOW_MS},
        [THROTTLE_ACCOUNT] = {30, 10 * 1000, 10 * 1000},
    };
    if (count < limits[throttle].free || now - last_at >= THROTTLE_WINDOW_MS)
        return 0;
    int64_t wait = limits[throttle].first_ms;
    for (int64_t i = limits[throttle].free; i < count && wait < limits[throttle].most_ms; i++)
        wait *= 2;
    if (wait > limits[throttle].most_ms)
        wait = limits[throttle].most_ms;
    int64_t left = last_at + wait - now;
    return left > 0 ? left : 0;
}

static void make_key(
    enum throttle throttle, const char *account, const char *remote, uint8_t key[KEY_BYTES]) {
    crypto_generichash_state hash;
    uint8_t kind = (uint8_t)throttle;
    crypto_generichash_init(&hash, NULL, 0, KEY_BYTES);
    crypto_generichash_update(&hash, &kind, 1);
    if (throttle != THROTTLE_ADDRESS)
        crypto_generichash_update(&hash, (const uint8_t *)account, strlen(account) + 1);
    if (throttle != THROTTLE_ACCOUNT)
        crypto_generichash_update(&hash, (const uint8_t *)remote, strlen(remote) + 1);
    crypto_generichash_final(&hash, key, KEY_BYTES);
}

static void read_count(struct turn *turn, const uint8_t key[KEY_BYTES], int64_t *count, int64_t *last_at) {
    struct statement *find = console_use(turn->store, CONSOLE_ATTEMPT_FIND);
    bind_blob(find, key, KEY_BYTES);
    bool found = statement_step(find);
    *count = found ? column_int(find, 0) : 0;
    *last_at = found ? column_int(find, 1) : 0;
    statement_end(find);
    if (turn->now - *last_at >= THROTTLE_WINDOW_MS)
        *count = 0;
}

static void write_count(struct turn *turn, const uint8_t key[KEY_BYTES], int64_t count, int64_t at) {
    struct statement *set = console_use(turn->store, CONSOLE_ATTEMPT_SET);
    bind_blob(set, key, KEY_BYTES);
    bind_int(set, count);
    bind_int(set, at);
    statement_run(set);
}

int64_t throttle_try(struct turn *turn, const char *account, const char *remote) {
    uint8_t keys[THROTTLES][KEY_BYTES];
    int64_t counts[THROTTLES], last_at, longest = 0;
    for (enum throttle i = 0; i < THROTTLES; i++) {
        make_key(i, account, remote, keys[i]);
        read_count(turn, keys[i], &counts[i], &last_at);
        int64_t wait = throttle_wait_ms(i, counts[i], last_at, turn->now);
        longest = wait > longest ? wait : longest;
    }
    for (enum throttle i = 0; i < THROTTLES && !longest; i++)
        write_count(turn, keys[i], counts[i] + 1, turn->now);
    return longest;
}

static void forget(struct turn *turn, enum throttle throttle, const char *account, const char *remote) {
    uint8_t key[KEY_BYTES];
    make_key(throttle, account, remote, key);
    struct statement *forget = console_use(turn->store, CONSOLE_ATTEMPT_FORGET);
    bind_blob(forget, key, KEY_BYTES);
    statement_run(forget);
}

/* Of the address only this one try is taken back: one good account must not wash away the guesses at others,
 * and an office behind one address may change shifts. */
void throttle_forgive(struct turn *turn, const char *account, const char *remote) {
    forget(turn, THROTTLE_PAIR, account, remote);
    forget(turn, THROTTLE_ACCOUNT, account, remote);
    uint8_t key[KEY_BYTES];
    int64_t count, last_at;
    make_key(THROTTLE_ADDRESS, account, remote, key);
    read_count(turn, key, &count, &last_at);
    if (count > 0)
        write_count(turn, key, count - 1, last_at);
}

/* Keys are hashes, in no order of time: a pass goes through all of them, a slice a step. */
bool throttle_sweep(struct turn *turn, const struct id *after, struct id *end) {
    static const struct id beyond = {
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    struct statement *slice = console_use(turn->store, CONSOLE_ATTEMPT_SLICE);
    bind_blob(slice, after->bytes, ID_BYTES); /* also the null id, which bind_id would make NULL */
    bind_int(slice, SWEPT_AT_ONCE - 1);
    bool more = statement_step(slice);
    *end = more ? column_id(slice, 0) : beyond;
    statement_end(slice);
    struct statement *expire = console_use(turn->store, CONSOLE_ATTEMPT_EXPIRE);
    bind_blob(expire, after->bytes, ID_BYTES);
    bind_blob(expire, end->bytes, ID_BYTES);
    bind_int(expire, turn->now - THROTTLE_WINDOW_MS);
    statement_run(expire);
    return more;
}
