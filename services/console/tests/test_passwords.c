/* Argon2id on a real thread pool, and the limits on guessing. */
#include "desk.h"
#include "throttle.h"

#include <uv.h>

struct pool {
    struct daemon_loop loop;
    struct effect_result results[4 + PASSWORD_JOBS];
    struct password_result bytes[4 + PASSWORD_JOBS];
    unsigned count, unknown;
};

static bool finished(struct daemon_loop *loop, const struct effect_result *result) {
    struct pool *pool = (struct pool *)loop;
    pool->results[pool->count] = *result;
    if (result->bytes)
        memcpy(&pool->bytes[pool->count], result->bytes, sizeof pool->bytes[0]);
    pool->count++;
    pool->unknown += result->outcome == EFFECT_UNKNOWN;
    free(result->bytes);
    return true;
}

static void run(
    struct passwords *passwords, uint32_t kind, const char *hash, const char *password, const char *renewed) {
    struct password_job job = {.account = "sari"};
    snprintf(job.hash, sizeof job.hash, "%s", hash);
    snprintf(job.password, sizeof job.password, "%s", password);
    snprintf(job.renewed, sizeof job.renewed, "%s", renewed ? renewed : "");
    struct effect effect = {.kind = kind, .what = &job, .what_size = sizeof job};
    passwords_start(passwords, &effect);
}

static void made_passwords_become_argon2(void **state) {
    (void)state;
    static const struct random *random = &random_real;
    char text[PASSWORD_MADE + 1], made[PASSWORD_HASH];
    uv_loop_t uv;
    uv_loop_init(&uv);
    struct pool pool = {.loop = {.uv = &uv, .finished = finished}};
    struct passwords *passwords = passwords_open(&pool.loop);
    password_make(random, text);
    assert_int_equal(strlen(text), PASSWORD_MADE);
    password_made_hash(text, made);
    assert_null(strstr(made, text));

    run(passwords, EFFECT_VERIFY, made, text, NULL); /* fits, and is hardened on the way */
    run(passwords, EFFECT_VERIFY, made, "wrong", NULL);
    run(passwords, EFFECT_VERIFY, "", "anything", NULL);
    uv_run(&uv, UV_RUN_DEFAULT);
    assert_int_equal(pool.count, 3);
    char hash[PASSWORD_HASH] = "";
    unsigned fits = 0;
    for (unsigned i = 0; i < 3; i++) {
        fits += pool.results[i].outcome == 1;
        if (pool.bytes[i].hash[0])
            snprintf(hash, sizeof hash, "%s", pool.bytes[i].hash);
    }
    assert_int_equal(fits, 1);
    assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
    assert_true(password_fits(hash, text));
    assert_false(password_fits(hash, "wrong"));

    pool.count = 0;
    run(passwords, EFFECT_CHANGE, hash, text, "a longer new one");
    uv_run(&uv, UV_RUN_DEFAULT);
    assert_int_equal(pool.results[0].outcome, 1);
    assert_string_equal(pool.bytes[0].before, hash);
    assert_true(password_fits(pool.bytes[0].hash, "a longer new one"));
    passwords_close(&passwords);
    assert_int_equal(uv_loop_close(&uv), 0);
}

static void the_queue_is_bounded_and_may_be_closed_at_any_time(void **state) {
    (void)state;
    uv_loop_t uv;
    uv_loop_init(&uv);
    struct pool pool = {.loop = {.uv = &uv, .finished = finished}};
    struct passwords *passwords = passwords_open(&pool.loop);
    for (int i = 0; i < PASSWORD_JOBS + PASSWORD_PARALLEL + 2; i++)
        run(passwords, EFFECT_VERIFY, "made:00", "x", NULL);
    assert_int_equal(pool.unknown, 2); /* no place left: told at once */
    passwords_close(&passwords);       /* with jobs running and waiting */
    assert_null(passwords);
    uv_run(&uv, UV_RUN_DEFAULT);
    assert_int_equal(pool.count, 2);
    assert_int_equal(uv_loop_close(&uv), 0);
}

static void limits_on_guessing(void **state) {
    (void)state;
    static const struct {
        enum throttle throttle;
        int64_t count, since_ms, wait_ms;
    } cases[] = {
        {THROTTLE_PAIR, 4, 0, 0}, {THROTTLE_PAIR, 5, 0, 30000}, {THROTTLE_PAIR, 5, 29999, 1},
        {THROTTLE_PAIR, 5, 30000, 0}, {THROTTLE_PAIR, 6, 0, 60000}, {THROTTLE_PAIR, 9, 0, 480000},
        {THROTTLE_PAIR, 10, 0, 900000}, {THROTTLE_PAIR, 1000000, 0, 900000},
        {THROTTLE_PAIR, 1000000, 900000, 0}, {THROTTLE_ADDRESS, 49, 0, 0}, {THROTTLE_ADDRESS, 50, 0, 60000},
        {THROTTLE_ACCOUNT, 29, 0, 0}, {THROTTLE_ACCOUNT, 30, 0, 10000},
        {THROTTLE_ACCOUNT, 1000000, 0, 10000}, /* who guesses must not keep a responder out */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t wait = throttle_wait_ms(
            cases[i].throttle, cases[i].count, FIXTURE_START, FIXTURE_START + cases[i].since_ms);
        if (wait != cases[i].wait_ms)
            fail_msg("case %zu: %lld", i, (long long)wait);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_passwords_become_argon2),
        cmocka_unit_test(the_queue_is_bounded_and_may_be_closed_at_any_time),
        cmocka_unit_test(limits_on_guessing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
