#include "sessions.h"

#include "common/hmac.h"
#include "console_sql.h"
#include "throttle.h"

#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 44, HASH_BYTES = 32 };

/* The prefix binds the cookie to this host and to TLS; on a plain socket of one's own machine a browser would
 * refuse it. */
static const char *cookie_name(bool secure) {
    return secure ? "__Host-sigap_session" : "sigap_session";
}

static const struct problem wrong = {401, "wrong-password", "Nama akun atau kata sandi tidak cocok",
    "Account name and password do not fit", "Periksa huruf besar-kecil, lalu coba lagi.",
    "Check capital letters and try again.", NULL, 0};
static const struct problem unavailable = {503, "busy", "Pemeriksaan kata sandi sedang penuh",
    "Too many passwords are being checked", "Coba lagi sebentar.", "Try again shortly.", NULL, 2};

/* ---- tokens ---- */

static void hash_token(const char *token, uint8_t hash[HASH_BYTES]) {
    crypto_generichash(hash, HASH_BYTES, (const uint8_t *)token, strlen(token), NULL, 0);
}

static const char *csrf_of(struct arena *arena, const char *token) {
    uint8_t digest[24];
    char *text = arena_take(arena, 40);
    crypto_generichash(
        digest, sizeof digest, (const uint8_t *)"csrf", 4, (const uint8_t *)token, strlen(token));
    if (text)
        hmac_base64_encode(digest, sizeof digest, HMAC_BASE64_URL, text, 40);
    return text ? text : "";
}

static bool token_given(const struct exchange *exchange, char token[TOKEN_TEXT]) {
    return http_cookie_find(exchange->request->header(exchange->request, "Cookie"),
               cookie_name(exchange->secure), token, TOKEN_TEXT) &&
           strlen(token) == TOKEN_TEXT - 1;
}

/* ---- who asks ---- */

static void note_use(struct turn *turn, const uint8_t hash[HASH_BYTES], int64_t seen_at) {
    if (turn->now - seen_at < SESSION_SEEN_MS)
        return;
    struct statement *seen = console_use(turn->store, CONSOLE_SESSION_SEEN);
    bind_int(seen, turn->now);
    bind_blob(seen, hash, HASH_BYTES);
    statement_run(seen);
}

bool session_find(const struct exchange *exchange, bool use, struct person *out) {
    struct turn *turn = exchange->turn;
    char token[TOKEN_TEXT], name[ACCOUNT_NAME_MAX + 1] = "";
    if (!token_given(exchange, token))
        return false;
    hash_token(token, out->token_hash);
    struct statement *find = console_use(turn->store, CONSOLE_SESSION_FIND);
    bind_blob(find, out->token_hash, HASH_BYTES);
    bool found = statement_step(find);
    int64_t created_at = found ? column_int(find, 1) : 0, seen_at = found ? column_int(find, 2) : 0;
    if (found)
        strncpy(name, column_text(find, 0), ACCOUNT_NAME_MAX);
    statement_end(find);
    if (!found || turn->now - created_at >= SESSION_MS || turn->now - seen_at >= SESSION_IDLE_MS ||
        !account_find(turn, name, &out->account) || out->account.disabled)
        return false;
    if (use)
        note_use(turn, out->token_hash, seen_at);
    out->csrf = csrf_of(turn->arena, token);
    out->expires_at = created_at + SESSION_MS;
    return true;
}

bool session_csrf_good(const struct exchange *exchange) {
    const char *given = exchange->request->header(exchange->request, "X-CSRF-Token");
    const char *own = exchange->person->csrf;
    return given && own[0] && strlen(given) == strlen(own) && sodium_memcmp(given, own, strlen(own)) == 0;
}

/* ---- what is told about oneself ---- */

static void write_list(struct json_writer *writer, const char *key, char *const *list, size_t count) {
    json_member_array(writer, key);
    for (size_t i = 0; i < count; i++)
        json_write_text(writer, list[i]);
    json_write_end(writer);
}

static void reply_person(struct turn *turn, struct answer *answer, const struct account *account,
    const char *csrf, int64_t until) {
    struct json_writer writer;
    const Sigap__Actor *actor = account_actor(turn, account);
    json_writer_init(&writer, 16 << 10); /* 64 words of 63 bytes */
    json_write_object(&writer);
    json_member_text(&writer, "account", account->name);
    write_list(&writer, "roles", actor ? actor->roles : NULL, actor ? actor->n_roles : 0);
    write_list(&writer, "areas", actor ? actor->areas : NULL, actor ? actor->n_areas : 0);
    write_list(&writer, "facilities", actor ? actor->facilities : NULL, actor ? actor->n_facilities : 0);
    json_member_text(&writer, "csrf", csrf);
    json_member_integer(&writer, "expires_at", until);
    json_write_end(&writer);
    reply_json(turn, answer, 200, &writer);
}

void session_me(struct exchange *exchange) {
    const struct person *person = exchange->person;
    reply_person(exchange->turn, exchange->answer, &person->account, person->csrf, person->expires_at);
}

/* ---- signing in ---- */

struct login {
    const char *account, *password;
};

static const struct json_field login_fields[] = {
    {.name = "account",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct login, account),
        .least = 1,
        .most = ACCOUNT_NAME_MAX},
    {.name = "password",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct login, password),
        .least = 1,
        .most = ACCOUNT_PASSWORD_MAX},
    {.name = NULL},
};

static void refuse_for_now(struct exchange *exchange, int64_t wait_ms) {
    struct problem problem = {429, "too-many-tries", "Terlalu banyak percobaan masuk",
        "Too many tries to sign in", "Tunggu sebentar, lalu coba lagi.", "Wait a little, then try again.",
        NULL, (int)((wait_ms + 999) / 1000)};
    exchange_refuse(exchange, &problem);
}

static void begin_check(struct exchange *exchange, enum wait_kind kind, uint32_t effect_kind,
    const struct password_job *job, struct wait *wait) {
    wait->id = turn_id(exchange->turn);
    wait->kind = kind;
    wait->until = exchange->turn->now + WAIT_PASSWORD_MS;
    wait->secure = exchange->secure;
    memcpy(wait->account, job->account, sizeof wait->account);
    wait_begin(exchange->turn, wait);
    struct effect effect = {wait->id, effect_kind, job, sizeof *job};
    turn_effect(exchange->turn, &effect);
}

void session_login(struct exchange *exchange) {
    struct login login = {0};
    struct password_job job = {0};
    struct wait wait = {0};
    struct account account;
    json_t *body;
    if (!exchange_body(exchange, login_fields, &login, &body))
        return;
    bool known = account_find(exchange->turn, login.account, &account) && !account.disabled;
    const char *name = known ? account.name : login.account;
    snprintf(wait.remote, sizeof wait.remote, "%s", request_caller(exchange->request));
    int64_t wait_ms = throttle_try(exchange->turn, name, wait.remote);
    if (wait_ms > 0) {
        refuse_for_now(exchange, wait_ms);
    } else {
        snprintf(job.account, sizeof job.account, "%s", name);
        snprintf(job.hash, sizeof job.hash, "%s", known ? account.password : "");
        snprintf(job.password, sizeof job.password, "%s", login.password);
        wait.renewed = known ? account.renewed : 0;
        begin_check(exchange, WAIT_LOGIN, EFFECT_VERIFY, &job, &wait);
        sodium_memzero(&job, sizeof job);
    }
    json_decref(body);
}

/* Unless it has been changed meanwhile. other: of another password than before. False: nothing was kept. */
static bool keep_hash(struct turn *turn, const struct effect_result *result, bool other) {
    const struct password_result *kept = result->bytes;
    if (result->outcome != 1 || result->size != sizeof *kept || !kept->hash[0])
        return false;
    struct statement *set = console_use(turn->store, CONSOLE_ACCOUNT_PASSWORD_REPLACE);
    bind_text(set, kept->hash);
    bind_int(set, turn->now);
    bind_int(set, other);
    bind_text(set, kept->account);
    bind_text(set, kept->before);
    return statement_run(set) && store_changes(turn->store) == 1;
}

static void begin_session(struct turn *turn, const char *account, char token[TOKEN_TEXT]) {
    uint8_t bytes[TOKEN_BYTES], hash[HASH_BYTES];
    random_fill(((struct console *)turn->state)->random, bytes, sizeof bytes);
    hmac_base64_encode(bytes, sizeof bytes, HMAC_BASE64_URL, token, TOKEN_TEXT);
    sodium_memzero(bytes, sizeof bytes);
    hash_token(token, hash);
    struct statement *add = console_use(turn->store, CONSOLE_SESSION_ADD);
    bind_blob(add, hash, sizeof hash);
    bind_text(add, account);
    bind_int(add, turn->now);
    statement_run(add);
    struct statement *end = console_use(turn->store, CONSOLE_SESSION_END_OLDEST);
    bind_text(end, account);
    bind_int(end, SESSIONS_EACH);
    statement_run(end);
}

static void set_cookie(
    struct turn *turn, struct answer *answer, bool secure, const char *token, int64_t seconds) {
    answer_header(answer, "Set-Cookie",
        arena_format(turn->arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
            cookie_name(secure), token, (long long)seconds, secure ? "; Secure" : ""));
}

/* The password was renewed while it was checked, perhaps because it was stolen: it is the account's no more,
 * and the renewal has ended all other sessions. */
static bool fits_no_more(const struct account *account, const struct wait *wait) {
    return account->renewed != wait->renewed;
}

void session_verified(struct turn *turn, struct wait *wait, const struct effect_result *result) {
    struct answer answer = {0};
    struct account account;
    char token[TOKEN_TEXT];
    bool known = account_find(turn, wait->account, &account) && !account.disabled;
    if (wait->answered_at == turn->now)
        return;
    if (result->outcome == EFFECT_UNKNOWN) {
        reply_problem(turn, &answer, &unavailable);
    } else if (result->outcome != 1 || !known || fits_no_more(&account, wait)) {
        turn_audit(turn, known ? account.name : "unknown", "login.refused", "console");
        reply_problem(turn, &answer, &wrong);
    } else {
        keep_hash(turn, result, false);
        throttle_forgive(turn, account.name, wait->remote);
        begin_session(turn, account.name, token);
        turn_audit(turn, account.name, "login", "console");
        reply_person(turn, &answer, &account, csrf_of(turn->arena, token), turn->now + SESSION_MS);
        set_cookie(turn, &answer, wait->secure, token, SESSION_MS / 1000);
    }
    wait_answer(turn, wait, &answer);
}

void session_logout(struct exchange *exchange) {
    struct statement *end = console_use(exchange->turn->store, CONSOLE_SESSION_END);
    bind_blob(end, exchange->person->token_hash, HASH_BYTES);
    statement_run(end);
    turn_audit(exchange->turn, exchange->person->account.name, "logout", "console");
    reply_nothing(exchange->answer);
    set_cookie(exchange->turn, exchange->answer, exchange->secure, "", 0);
}

/* ---- another password ---- */

struct change {
    const char *password, *renewed;
};

static const struct json_field change_fields[] = {
    {.name = "password",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct change, password),
        .least = 1,
        .most = ACCOUNT_PASSWORD_MAX},
    {.name = "renewed",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct change, renewed),
        .least = ACCOUNT_PASSWORD_MIN,
        .most = ACCOUNT_PASSWORD_MAX},
    {.name = NULL},
};

static void begin_change(struct exchange *exchange, const struct change *change) {
    const struct account *account = &exchange->person->account;
    struct password_job job = {0};
    struct wait wait = {0};
    snprintf(wait.remote, sizeof wait.remote, "%s", request_caller(exchange->request));
    int64_t wait_ms = throttle_try(exchange->turn, account->name, wait.remote);
    if (wait_ms > 0)
        return refuse_for_now(exchange, wait_ms);
    memcpy(wait.session, exchange->person->token_hash, sizeof wait.session);
    snprintf(job.account, sizeof job.account, "%s", account->name);
    snprintf(job.hash, sizeof job.hash, "%s", account->password);
    snprintf(job.password, sizeof job.password, "%s", change->password);
    snprintf(job.renewed, sizeof job.renewed, "%s", change->renewed);
    begin_check(exchange, WAIT_PASSWORD, EFFECT_CHANGE, &job, &wait);
    sodium_memzero(&job, sizeof job);
}

void session_change(struct exchange *exchange) {
    static const struct problem same = {422, "same-password", "Kata sandi baru harus berbeda",
        "The new password must be another one", NULL, NULL, "/renewed", 0};
    struct change change = {0};
    json_t *body;
    if (!exchange_body(exchange, change_fields, &change, &body))
        return;
    if (strcmp(change.password, change.renewed) == 0)
        exchange_refuse(exchange, &same);
    else
        begin_change(exchange, &change);
    json_decref(body);
}

void session_changed(struct turn *turn, struct wait *wait, const struct effect_result *result) {
    struct answer answer = {0};
    if (wait->answered_at == turn->now)
        return;
    if (keep_hash(turn, result, true)) {
        throttle_forgive(turn, wait->account, wait->remote);
        struct statement *end = console_use(turn->store, CONSOLE_SESSION_END_OTHERS);
        bind_text(end, wait->account);
        bind_blob(end, wait->session, sizeof wait->session);
        statement_run(end);
        turn_audit(turn, wait->account, "password.change", "console");
        reply_nothing(&answer);
    } else {
        reply_problem(turn, &answer, result->outcome == 0 ? &wrong : &unavailable);
    }
    wait_answer(turn, wait, &answer);
}

void session_hardened(struct turn *turn, const struct effect_result *result) {
    keep_hash(turn, result, false);
}

void session_late(struct turn *turn, struct wait *wait) {
    struct answer answer = {0};
    reply_problem(turn, &answer, &unavailable);
    wait_answer(turn, wait, &answer);
}

void session_sweep(struct turn *turn) {
    struct statement *sweep = console_use(turn->store, CONSOLE_SESSION_SWEEP);
    bind_int(sweep, turn->now - SESSION_MS);
    bind_int(sweep, turn->now - SESSION_IDLE_MS);
    statement_run(sweep);
}
