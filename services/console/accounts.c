#include "accounts.h"

#include "commands.h"
#include "common/area.h"
#include "common/json.h"
#include "common/problem.h"
#include "common/rights.h"
#include "console_sql.h"
#include "state.h"

#include <string.h>

/* In the order of enum site_access. */
static const char *const class_words[] = {
    "none", "responder", "facility", "operator", "coordinator", "administrator", "auditor"};
enum { CLASS_COUNT = sizeof class_words / sizeof *class_words };

/* ---- names and lists ---- */

/* Copies the next word of a list into word and moves on; false at the end. */
static bool list_next(const char **list, char word[64]) {
    if (!**list)
        return false;
    size_t size = strcspn(*list, ","), room = size < 63 ? size : 63;
    memcpy(word, *list, room);
    word[room] = 0;
    *list += size + ((*list)[size] == ',');
    return true;
}

static size_t list_count(const char *list) {
    char word[64];
    size_t count = 0;
    while (list_next(&list, word))
        count++;
    return count;
}

static bool list_has(const char *list, const char *wanted) {
    char word[64];
    while (list_next(&list, word))
        if (strcmp(word, wanted) == 0)
            return true;
    return false;
}

static size_t list_fill(struct arena *arena, const char *list, char **out, size_t at) {
    char word[64];
    while (list_next(&list, word))
        out[at++] = arena_text(arena, word);
    return at;
}

/* ---- reading ---- */

static const char *column_copy(struct turn *turn, struct statement *row, int column) {
    const char *text = arena_text(turn->arena, column_text(row, column));
    return text ? text : "";
}

bool account_find(struct turn *turn, const char *name, struct account *out) {
    char low[ACCOUNT_NAME_MAX + 1] = "";
    for (size_t i = 0; name[i] && i < ACCOUNT_NAME_MAX; i++)
        low[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    if (strlen(name) > ACCOUNT_NAME_MAX || !rights_is_account(low))
        return false;
    struct statement *find = console_use(turn->store, CONSOLE_ACCOUNT_FIND);
    bind_text(find, low);
    bool found = statement_step(find);
    if (found)
        *out = (struct account){column_copy(turn, find, 0), column_copy(turn, find, 1),
            column_copy(turn, find, 2), column_copy(turn, find, 3), column_copy(turn, find, 4),
            column_copy(turn, find, 5), column_int(find, 6) != 0, column_int(find, 7)};
    statement_end(find);
    return found;
}

Sigap__Actor *account_actor(struct turn *turn, const struct account *account) {
    Sigap__Actor *actor = arena_take(turn->arena, sizeof *actor);
    size_t roles = list_count(account->classes) + list_count(account->codes);
    size_t areas = list_count(account->areas), facilities = list_count(account->facilities);
    char **words = arena_take(turn->arena, (roles + areas + facilities + 1) * sizeof *words);
    if (!actor || !words)
        return NULL; /* the turn will see */
    sigap__actor__init(actor);
    actor->account = (char *)account->name;
    actor->roles = words;
    actor->n_roles = list_fill(turn->arena, account->classes, words, 0);
    actor->n_roles = list_fill(turn->arena, account->codes, words, actor->n_roles);
    actor->areas = words + roles;
    actor->n_areas = list_fill(turn->arena, account->areas, actor->areas, 0);
    actor->facilities = actor->areas + areas;
    actor->n_facilities = list_fill(turn->arena, account->facilities, actor->facilities, 0);
    return actor;
}

bool account_has_class(const struct account *account, const char *word) {
    return list_has(account->classes, word);
}

/* ---- making and changing ---- */

static void refuse(struct turn *turn, Sigap__ViewAnswer *answer, unsigned status, const char *indonesian,
    const char *english) {
    struct problem problem = {
        (int)status, "account", "Akun ditolak", "The account is refused", indonesian, english, NULL, 0};
    struct json_writer writer;
    size_t size;
    json_writer_init(&writer, PROBLEM_MAX);
    problem_write(&writer, &problem);
    const char *text = json_writer_text(&writer, &size);
    answer->status = status;
    answer->json.data = (uint8_t *)arena_bytes(turn->arena, text ? text : "{}", text ? size : 2);
    answer->json.len = answer->json.data ? (text ? size : 2) : 0;
    json_writer_free(&writer);
}

static int class_of(const char *word) {
    for (int i = 1; i < CLASS_COUNT; i++)
        if (strcmp(class_words[i], word) == 0)
            return i;
    return 0;
}

static bool classes_good(const char *list) {
    char word[64];
    size_t count = list_count(list);
    while (list_next(&list, word))
        if (!class_of(word))
            return false;
    return count > 0 && count <= ACCOUNT_LIST_MAX;
}

/* responder < operator < coordinator; the others stand alone. */
static bool class_covers(const char *classes, enum site_access access) {
    static const char *const ladder[] = {"responder", "operator", "coordinator"};
    bool climbing = false;
    if (list_has(classes, class_words[access]))
        return true;
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        if (climbing && list_has(classes, ladder[i]))
            return true;
        climbing = climbing || strcmp(ladder[i], class_words[access]) == 0;
    }
    return false;
}

/* A code must be one that has an account, and its class, or a higher one, must have been given: nobody gets a
 * coordinator's code by a slip. */
static bool codes_good(const struct site_roles *roles, const char *list, const char *classes) {
    char word[64];
    if (list_count(list) > ACCOUNT_LIST_MAX)
        return false;
    while (list_next(&list, word)) {
        const struct site_role *role = site_roles_find(roles, word);
        if (!role || role->access == SITE_ACCESS_NONE || !class_covers(classes, role->access))
            return false;
    }
    return true;
}

static bool areas_good(const char *list) {
    char word[64];
    if (list_count(list) > RIGHTS_AREAS)
        return false;
    while (list_next(&list, word))
        if (strcmp(word, "*") != 0 && area_level(word) == AREA_NONE)
            return false;
    return true;
}

static bool facilities_good(const char *list) {
    return list_count(list) <= RIGHTS_FACILITIES &&
           strspn(list, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-,") == strlen(list);
}

static void answer_password(
    struct turn *turn, Sigap__ViewAnswer *answer, const char *name, const char *password) {
    answer->status = 200;
    answer->json.data =
        (uint8_t *)arena_format(turn->arena, "{\"account\":\"%s\",\"password\":\"%s\"}", name, password);
    answer->json.len = answer->json.data ? strlen((char *)answer->json.data) : 0;
}

/* The row has the fast hash from the first moment, so that one may sign in at once; Argon2id follows. */
static void harden(struct turn *turn, const char *name, const char *hash, const char *password) {
    struct password_job job = {0};
    memcpy(job.account, name, strlen(name));
    memcpy(job.hash, hash, strlen(hash));
    memcpy(job.password, password, strlen(password));
    struct effect effect = {turn_id(turn), EFFECT_HASH, &job, sizeof job};
    turn_effect(turn, &effect);
    sodium_memzero(&job, sizeof job);
}

/* Splits at blanks; "-" and what is missing are "". */
static void split(char *text, const char *fields[5]) {
    char *rest = text;
    for (int i = 0; i < 5; i++) {
        char *word = strtok_r(rest, " \t", &rest);
        fields[i] = word && strcmp(word, "-") != 0 ? word : "";
    }
}

static const char *complaint_of(const struct site_roles *roles, const char *const fields[5]) {
    if (!rights_is_account(fields[0]))
        return "a name has 2 to 32 of a-z 0-9 . _ -";
    if (!classes_good(fields[1]))
        return "classes: responder, facility, operator, coordinator, administrator, auditor";
    if (!codes_good(roles, fields[2], fields[1]))
        return "a role code is not in roles.yaml, has no account, or its class was not given";
    if (!areas_good(fields[3]))
        return "areas are up to 8 codes such as 35.07, or *; a whole province is one code";
    if (strcmp(fields[1], "facility") == 0 && fields[3][0])
        return "the class facility alone sees its facilities and has no area: give - for areas";
    if (!facilities_good(fields[4]))
        return "facilities are up to 4 ids of facilities.yaml";
    return NULL;
}

static void create(struct turn *turn, const struct site_roles *roles, const char *const fields[5],
    Sigap__ViewAnswer *answer) {
    const char *complaint = complaint_of(roles, fields);
    if (complaint)
        return refuse(turn, answer, 422, NULL, complaint);
    char password[PASSWORD_MADE + 1], hash[PASSWORD_HASH];
    password_make(((struct console *)turn->state)->random, password);
    password_made_hash(password, hash);
    struct statement *add = console_use(turn->store, CONSOLE_ACCOUNT_ADD);
    for (int i = 0; i < 5; i++)
        bind_text(add, fields[i]);
    bind_text(add, hash);
    bind_int(add, turn->now);
    statement_run(add);
    if (store_changes(turn->store) == 0)
        return refuse(turn, answer, 409, "Nama itu sudah dipakai", "The name is taken");
    harden(turn, fields[0], hash, password);
    answer_password(turn, answer, fields[0], password);
    sodium_memzero(password, sizeof password);
}

static void renew(struct turn *turn, const struct account *account, Sigap__ViewAnswer *answer) {
    char password[PASSWORD_MADE + 1], hash[PASSWORD_HASH];
    password_make(((struct console *)turn->state)->random, password);
    password_made_hash(password, hash);
    struct statement *set = console_use(turn->store, CONSOLE_ACCOUNT_PASSWORD);
    bind_text(set, hash);
    bind_int(set, turn->now);
    bind_text(set, account->name);
    statement_run(set);
    harden(turn, account->name, hash, password);
    answer_password(turn, answer, account->name, password);
    sodium_memzero(password, sizeof password);
}

static void end_sessions(struct turn *turn, const char *name) {
    struct statement *end = console_use(turn->store, CONSOLE_SESSION_END_OTHERS);
    bind_text(end, name);
    bind_blob(end, "", 0);
    statement_run(end);
}

static void disable(struct turn *turn, const struct account *account, bool off, Sigap__ViewAnswer *answer) {
    struct statement *set = console_use(turn->store, CONSOLE_ACCOUNT_DISABLE);
    bind_int(set, off);
    bind_int(set, turn->now);
    bind_text(set, account->name);
    statement_run(set);
    answer->status = 200;
    answer->json.data = (uint8_t *)arena_format(
        turn->arena, "{\"account\":\"%s\",\"disabled\":%s}", account->name, off ? "true" : "false");
    answer->json.len = answer->json.data ? strlen((char *)answer->json.data) : 0;
}

bool account_control(struct turn *turn, const struct site_roles *roles, const Sigap__Actor *actor,
    const Sigap__ControlView *control, Sigap__ViewAnswer *answer) {
    static const char *const actions[] = {
        "account.create", "account.password", "account.disable", "account.enable"};
    int action = 0;
    while (action < 4 && strcmp(actions[action], control->action) != 0)
        action++;
    if (action == 4)
        return false;
    if (!rights_has(actor, "administrator"))
        return refuse(turn, answer, 403, "Hanya administrator", "Administrators only"), true;
    char *copy = arena_text(turn->arena, control->argument);
    const char *fields[5];
    if (!copy || strlen(copy) > ACCOUNT_ARGUMENT_MAX)
        return refuse(turn, answer, 422, NULL, "the argument is too long"), true;
    split(copy, fields);
    struct account account;
    if (action == 0) {
        if (!fields[1][0]) {
            fields[1] = "administrator";
            fields[3] = "*";
        }
        create(turn, roles, fields, answer);
    } else if (!account_find(turn, fields[0], &account)) {
        return refuse(turn, answer, 404, "Akun tidak ada", "There is no such account"), true;
    } else if (action == 1) {
        renew(turn, &account, answer);
        end_sessions(turn, account.name);
    } else {
        disable(turn, &account, action == 2, answer);
        end_sessions(turn, account.name);
        if (action == 2)
            command_rights_ended(turn, actor, account.name);
    }
    if (answer->status == 200)
        turn_audit(turn, actor->account, control->action, fields[0]);
    return true;
}

static void write_row(struct json_writer *writer, struct statement *row) {
    static const char *const members[] = {"account", "classes", "codes", "areas", "facilities"};
    json_write_object(writer);
    for (int i = 0; i < 5; i++)
        json_member_text(writer, members[i], column_text(row, i));
    json_member_bool(writer, "disabled", column_int(row, 5) != 0);
    json_member_integer(writer, "created_at", column_int(row, 6));
    json_member_integer(writer, "changed_at", column_int(row, 7));
    json_write_end(writer);
}

void account_list(
    struct turn *turn, const Sigap__Actor *actor, const Sigap__ListView *list, Sigap__ViewAnswer *answer) {
    if (!rights_has(actor, "administrator"))
        return refuse(turn, answer, 403, "Hanya administrator", "Administrators only");
    struct json_writer writer;
    json_writer_init(&writer, 4 << 20); /* 1000 rows of 4 lists: 4 KiB each at most */
    json_write_array(&writer);
    struct statement *all = console_use(turn->store, CONSOLE_ACCOUNT_ALL);
    bind_int(all, view_rows(list));
    while (statement_step(all))
        write_row(&writer, all);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}
