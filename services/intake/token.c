#include "services/intake/token.h"

#include "common/hmac.h"
#include "common/json.h"
#include "common/rights.h"
#include "intake_sql.h"
#include "services/intake/state.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES = 32, ARGUMENT_MAX = 256 };

static const struct {
    const char *word;
    unsigned bit;
} scope_words[] = {{"reports", TOKEN_REPORTS}, {"training", TOKEN_TRAINING}};
enum { SCOPE_WORDS = sizeof scope_words / sizeof *scope_words };

/* --- in memory --- */

static void token_add(struct intake_tokens *tokens, const struct intake_token *token) {
    if (tokens->count == TOKEN_MAX)
        return; /* issuing refuses before; a store with more was made by a newer program */
    tokens->list[tokens->count] = *token;
    tokens->list[tokens->count++].spare = (double)token->rate * TOKEN_BURST_S;
}

void intake_tokens_load(struct turn *turn, struct intake_tokens *tokens) {
    struct statement *all = intake_use(turn->store, INTAKE_TOKEN_ALL);
    tokens->count = 0;
    while (statement_step(all)) {
        struct intake_token token = {.number = column_int(all, 0),
            .scopes = (unsigned)column_int(all, 2),
            .rate = column_int(all, 3),
            .issued_at = column_int(all, 5)};
        size_t size;
        const void *hash = column_blob(all, 4, &size);
        strncpy(token.name, column_text(all, 1), TOKEN_NAME_MAX);
        if (size == sizeof token.hash) {
            memcpy(token.hash, hash, size);
            token_add(tokens, &token);
        }
    }
}

const struct intake_token *intake_token_find(
    const struct intake_tokens *tokens, const struct seal_hash_keys *keys, const char *text) {
    uint8_t hash[SEAL_HASH_BYTES];
    const struct intake_token *found = NULL;
    size_t size = text ? strnlen(text, TOKEN_INPUT_MAX + 1) : 0;
    if (size == 0 || size > TOKEN_INPUT_MAX)
        return NULL;
    seal_hash(keys, SEAL_HASH_TOKEN, text, size, hash);
    for (size_t i = 0; i < tokens->count; i++) /* all of them: where it stands in the list must not show */
        if (sodium_memcmp(hash, tokens->list[i].hash, sizeof hash) == 0)
            found = &tokens->list[i];
    return found;
}

static double spare_at(const struct intake_token *token, int64_t now) {
    double most = (double)token->rate * TOKEN_BURST_S;
    double spare = token->spare + (double)(now - token->spare_at) * (double)token->rate / 1000;
    return spare < most ? spare : most;
}

int intake_token_wait_s(const struct intake_token *token, int64_t now) {
    if (token->rate <= 0 || spare_at(token, now) >= 1)
        return 0;
    double wait = ceil((1 - spare_at(token, now)) / (double)token->rate);
    return wait < 1 ? 1 : wait > 3600 ? 3600 : (int)wait;
}

void intake_token_spend(struct intake_tokens *tokens, int64_t number, int64_t now) {
    for (size_t i = 0; i < tokens->count; i++) {
        struct intake_token *token = &tokens->list[i];
        if (token->number != number || token->rate <= 0)
            continue;
        token->spare = spare_at(token, now) - 1; /* may go below zero: urgent reports are always taken */
        token->spare_at = now;
    }
}

/* --- after the commit --- */

static void add_committed(void *state, const void *argument) {
    token_add(&((struct intake *)state)->tokens, argument);
}

static void drop_committed(void *state, const void *argument) {
    struct intake_tokens *tokens = &((struct intake *)state)->tokens;
    const int64_t *number = argument;
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->list[i].number == *number)
            memmove(&tokens->list[i], &tokens->list[i + 1], (--tokens->count - i) * sizeof *tokens->list);
}

/* --- what an administrator orders --- */

/* An order as it is read: name, then scopes. */
struct order {
    char name[TOKEN_NAME_MAX + 1];
    unsigned scopes;
    int64_t rate;
};

static bool read_name(const char *text, size_t size, char name[TOKEN_NAME_MAX + 1]) {
    if (size == 0 || size > TOKEN_NAME_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        bool sign = text[i] == '-' || text[i] == '_' || text[i] == '.';
        if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9') && !(sign && i > 0))
            return false;
    }
    memcpy(name, text, size);
    name[size] = 0;
    return true;
}

static bool read_scope(const char *text, size_t size, struct order *order) {
    for (size_t i = 0; i < SCOPE_WORDS; i++) {
        if (size == strlen(scope_words[i].word) && strncmp(text, scope_words[i].word, size) == 0) {
            order->scopes |= scope_words[i].bit;
            return true;
        }
    }
    if (size < 6 || size > 12 || strncmp(text, "rate=", 5) != 0)
        return false;
    char *end;
    order->rate = strtol(text + 5, &end, 10);
    return end == text + size && order->rate >= 0 && text[5] != '-' && text[5] != '+';
}

static bool read_order(const char *argument, struct order *order) {
    size_t size = strcspn(argument, " ");
    *order = (struct order){.rate = TOKEN_RATE};
    if (strnlen(argument, ARGUMENT_MAX) == ARGUMENT_MAX || !read_name(argument, size, order->name))
        return false;
    for (argument += size; *argument; argument += size) {
        argument += strspn(argument, " ,");
        size = strcspn(argument, " ,");
        if (size && !read_scope(argument, size, order))
            return false;
    }
    order->scopes |= TOKEN_REPORTS; /* there is nothing else a token could be for */
    return true;
}

/* text: in the arena; NULL: no memory. */
static void put(Sigap__ViewAnswer *answer, unsigned status, char *text) {
    answer->status = text ? status : 503;
    answer->json.data = (uint8_t *)text;
    answer->json.len = text ? strlen(text) : 0;
}

static void refuse(struct turn *turn, Sigap__ViewAnswer *answer, unsigned status, const char *sentence) {
    put(answer, status, arena_format(turn->arena, "{\"error\":\"%s\"}", sentence));
}

static void write_token(struct json_writer *writer, const struct intake_token *token) {
    json_member_integer(writer, "number", token->number);
    json_member_text(writer, "name", token->name);
    json_member_array(writer, "scopes");
    for (size_t i = 0; i < SCOPE_WORDS; i++)
        if (token->scopes & scope_words[i].bit)
            json_write_text(writer, scope_words[i].word);
    json_write_end(writer);
    json_member_integer(writer, "rate", token->rate);
    json_member_integer(writer, "issued_at", token->issued_at);
}

static bool keep_token(struct turn *turn, const char *actor, struct intake_token *token) {
    struct statement *add = intake_use(turn->store, INTAKE_TOKEN_ADD);
    bind_text(add, token->name);
    bind_int(add, token->scopes);
    bind_int(add, token->rate);
    bind_blob(add, token->hash, sizeof token->hash);
    bind_int(add, token->issued_at);
    bind_text(add, actor);
    if (statement_step(add))
        token->number = column_int(add, 0);
    statement_end(add);
    return token->number > 0;
}

/* The only moment at which the token can be read. */
static void issue(
    struct turn *turn, const char *actor, const struct order *order, Sigap__ViewAnswer *answer) {
    const struct intake *intake = turn->state;
    struct intake_token token = {.scopes = order->scopes, .rate = order->rate, .issued_at = turn->now};
    uint8_t secret[SECRET_BYTES];
    char text[TOKEN_TEXT + 1] = "sigap_";
    memcpy(token.name, order->name, sizeof token.name);
    random_fill(intake->random, secret, sizeof secret);
    hmac_base64_encode(secret, sizeof secret, HMAC_BASE64_URL, text + 6, sizeof text - 6);
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_TOKEN, text, strlen(text), token.hash);
    if (keep_token(turn, actor, &token)) {
        struct json_writer writer;
        json_writer_init(&writer, 1024);
        json_write_object(&writer);
        json_member_text(&writer, "token", text);
        write_token(&writer, &token);
        json_write_end(&writer);
        turn_answer_view(turn, answer, 200, &writer);
        turn_audit(turn, actor, "token.issue", token.name);
        turn_after_commit(turn, add_committed, &token, sizeof token);
    }
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
}

static size_t tokens_of(const struct intake_tokens *tokens, const char *name, int64_t *newest) {
    size_t count = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        if (strcmp(tokens->list[i].name, name) != 0)
            continue;
        count++;
        *newest = tokens->list[i].number;
    }
    return count;
}

static void drop(struct turn *turn, const char *actor, const struct order *order, bool keep_newest,
    Sigap__ViewAnswer *answer) {
    const struct intake *intake = turn->state;
    const struct intake_tokens *tokens = &intake->tokens;
    int64_t newest = 0;
    size_t count = tokens_of(tokens, order->name, &newest), dropped = 0;
    if (!count)
        return refuse(turn, answer, 404, "Tidak ada token dengan nama ini / There is no token of this name");
    for (size_t i = 0; i < tokens->count; i++) {
        const struct intake_token *token = &tokens->list[i];
        if (strcmp(token->name, order->name) != 0 || (keep_newest && token->number == newest))
            continue;
        struct statement *delete = intake_use(turn->store, INTAKE_TOKEN_DELETE);
        bind_int(delete, token->number);
        statement_run(delete);
        turn_after_commit(turn, drop_committed, &token->number, sizeof token->number);
        dropped++;
    }
    turn_audit(turn, actor, keep_newest ? "token.retire" : "token.revoke", order->name);
    put(answer, 200, arena_format(turn->arena, "{\"revoked\":%zu}", dropped));
}

static void list(struct turn *turn, Sigap__ViewAnswer *answer) {
    const struct intake *intake = turn->state;
    struct json_writer writer;
    json_writer_init(&writer, TOKEN_MAX * 256);
    json_write_array(&writer);
    for (size_t i = 0; i < intake->tokens.count; i++) {
        json_write_object(&writer);
        write_token(&writer, &intake->tokens.list[i]);
        json_write_end(&writer);
    }
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}

bool intake_token_control(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    if (view->what_case != SIGAP__VIEW__WHAT_CONTROL || strncmp(view->control->action, "token.", 6) != 0)
        return false;
    const struct intake *intake = turn->state;
    const char *verb = view->control->action + 6;
    struct order order;
    if (!rights_has(view->actor, "administrator")) {
        refuse(turn, answer, 403, "Hanya administrator / Administrators only");
    } else if (strcmp(verb, "list") == 0) {
        list(turn, answer);
    } else if (!read_order(view->control->argument, &order)) {
        refuse(turn, answer, 400,
            "Tulis: nama [reports,training,rate=N]; nama dari a-z 0-9 . _ - / "
            "Write: name [reports,training,rate=N]; names of a-z 0-9 . _ -");
    } else if (strcmp(verb, "revoke") == 0 || strcmp(verb, "retire") == 0) {
        drop(turn, view->actor->account, &order, strcmp(verb, "retire") == 0, answer);
    } else if (strcmp(verb, "issue") != 0) {
        return false;
    } else if (intake->tokens.count == TOKEN_MAX) {
        refuse(turn, answer, 409, "Terlalu banyak token; cabut yang lama / Too many tokens; revoke old ones");
    } else {
        issue(turn, view->actor->account, &order, answer);
    }
    return true;
}
