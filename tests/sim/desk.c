/* Staff at their browsers: they sign in, read pages, give orders and answer links of messages, all over the
 * console's HTTP. Whoever gets no answer sends the same order again, clicks twice, or gives up; whoever was
 * signed out signs in again. What they were told is kept and compared with the journals (check.c). */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    AGAIN_MS = 5000,
    TRIES = 3, /* to sign in: one may have crossed the change of the password */
};

/* ---- accounts ---- */

static struct desk *desk_new(struct sim *sim, const char *account, const char *rest) {
    if (sim->desk_count == DESKS_MAX)
        return NULL;
    struct desk *desk = &sim->desks[sim->desk_count++];
    snprintf(desk->account, sizeof desk->account, "%s", account);
    snprintf(desk->rights, sizeof desk->rights, "%s", rest);
    snprintf(desk->remote, sizeof desk->remote, "192.0.2.%u", 10 + sim->desk_count);
    return desk;
}

void desks_make(struct sim *sim) {
    desk_new(sim, "petugas", "responder,operator,coordinator KAB,PPA,TRI,PKS,KOR * -");
    desk_new(sim, "pengelola", "administrator - * -");
}

struct desk *desk_of_facility(struct sim *sim, const char *facility) {
    char account[40], rights[120];
    snprintf(rights, sizeof rights, "facility - - %s", facility);
    for (unsigned i = 0; i < sim->desk_count; i++)
        if (strcmp(sim->desks[i].rights, rights) == 0)
            return &sim->desks[i];
    snprintf(account, sizeof account, "upt-%u", sim->desk_count);
    return desk_new(sim, account, rights);
}

static bool read_password(struct desk *desk, const struct view_result *result) {
    const char *at = result->json ? strstr(result->json, "\"password\":\"") : NULL;
    return at && sscanf(at, "\"password\":\"%63[^\"]", desk->passwords[0]) == 1;
}

/* The account is there already when the answer was lost, or what came back from a snapshot has an older
 * password. */
static void make_account(struct sim *sim, struct desk *desk) {
    struct machine *console = machine_of(sim, "console");
    struct view_result result;
    char argument[200];
    desk->try_at = sim->now + 1000;
    snprintf(argument, sizeof argument, "%s %s", desk->account, desk->rights);
    bool answered = machine_control(console, "account.create", argument, &result);
    if (answered && result.status == 409) {
        view_result_free(&result);
        answered = machine_control(console, "account.password", desk->account, &result);
    }
    if (answered && result.status == 200 && read_password(desk, &result)) {
        desk->made = true;
        desk->password = desk->refused = 0;
        desk->passwords[1][0] = 0;
        desk->try_at = sim->now;
        trace(sim, "%s has an account", desk->account);
    } else if (answered && result.status != 503) {
        sim_fail(sim, "no account for %s: %u %s", desk->account, result.status, result.json);
    }
    view_result_free(&result);
}

/* ---- errands ---- */

static const char *header_of(const struct request *request, const char *name) {
    struct errand *errand = request->origin;
    const struct desk *desk = errand->desk;
    if (strcasecmp(name, "Content-Type") == 0)
        return errand->kind == ERRAND_LINK ? "application/x-www-form-urlencoded" : "application/json";
    if (strcasecmp(name, "Command-Id") == 0 && errand->kind == ERRAND_ORDER)
        return errand->id_text;
    if (!desk || errand->kind == ERRAND_SIGN_IN)
        return NULL;
    if (strcasecmp(name, "Cookie") == 0)
        return desk->cookie;
    if (strcasecmp(name, "X-CSRF-Token") == 0)
        return desk->csrf;
    return NULL;
}

struct errand *errand_add(
    struct sim *sim, enum errand_kind kind, struct desk *desk, const char *format, ...) {
    struct errand *errand = calloc(1, sizeof *errand);
    if (sim->errand_count == sim->errand_room) {
        sim->errand_room = sim->errand_room ? sim->errand_room * 2 : 64;
        sim->errands = realloc(sim->errands, sim->errand_room * sizeof *sim->errands);
    }
    sim->errands[sim->errand_count++] = errand;
    errand->kind = kind;
    errand->desk = desk;
    errand->try_at = sim->now;
    va_list args;
    va_start(args, format);
    vsnprintf(errand->path, sizeof errand->path, format, args);
    va_end(args);
    char *query = strchr(errand->path, '?');
    if (query)
        *query++ = 0;
    errand->query = query ? query : "";
    uint8_t tail[10];
    chance_fill(&sim->chance, tail, sizeof tail);
    errand->id = id_make(sim->now + sim->skew, tail);
    id_to_text(&errand->id, errand->id_text);
    return errand;
}

static void sign_in(struct sim *sim, struct desk *desk) {
    if (desk->signing_in || sim->now < desk->try_at)
        return;
    if (!desk->made)
        return make_account(sim, desk);
    struct errand *errand = errand_add(sim, ERRAND_SIGN_IN, desk, "/api/login");
    snprintf(errand->body, sizeof errand->body, "{\"account\":\"%s\",\"password\":\"%s\"}", desk->account,
        desk->passwords[desk->password]);
    errand->password = desk->password;
    desk->signing_in = true;
}

static void change_password(struct sim *sim, struct desk *desk) {
    snprintf(desk->passwords[1], sizeof desk->passwords[1], "kata sandi yang baru");
    struct errand *errand = errand_add(sim, ERRAND_PASSWORD, desk, "/api/password");
    snprintf(errand->body, sizeof errand->body, "{\"password\":\"%s\",\"renewed\":\"%s\"}",
        desk->passwords[0], desk->passwords[1]);
}

static void send_errand(struct sim *sim, struct machine *console, struct errand *errand) {
    bool twice = errand->kind != ERRAND_SIGN_IN && chance_hits(&sim->chance, 100);
    errand->request = (struct request){.method = errand->kind == ERRAND_LOOK ? "GET" : "POST",
        .path = errand->path,
        .query = errand->query,
        .body = errand->body,
        .body_size = strlen(errand->body),
        .remote = errand->desk ? errand->desk->remote : "192.0.2.9",
        .header = header_of,
        .origin = errand};
    errand->sent_life = console->life;
    errand->try_at = sim->now + AGAIN_MS;
    for (int i = 0; i < 1 + twice; i++)
        errand->outstanding += engine_request(console->engine, &errand->request);
    trace(sim, "%s asks %s %s", errand->desk ? errand->desk->account : "a link", errand->request.method,
        errand->path);
}

/* The process died with the request: some try again with the same order, some do not. */
static void lose(struct sim *sim, struct errand *errand) {
    bool given_up = errand->kind == ERRAND_LOOK || errand->kind == ERRAND_SIGN_IN ||
                    errand->kind == ERRAND_PASSWORD || chance_hits(&sim->chance, 200);
    if (errand->kind == ERRAND_SIGN_IN)
        errand->desk->signing_in = false;
    errand->outstanding = 0;
    errand->over |= given_up;
    errand->try_at = sim->now + chance_between(&sim->chance, 0, AGAIN_MS);
}

/* True: something was done. */
static bool go(struct sim *sim, struct errand *errand) {
    struct machine *console = machine_of(sim, "console");
    struct desk *desk = errand->desk;
    if (!console->engine) {
        errand->try_at = sim->now + AGAIN_MS;
        return false;
    }
    if (desk && !desk->cookie[0] && errand->kind != ERRAND_SIGN_IN) {
        sign_in(sim, desk);
        errand->try_at = sim->now + 300;
        return false;
    }
    send_errand(sim, console, errand);
    return true;
}

/* Pages that people look at; "*" stands for a case. */
static void look(struct sim *sim) {
    static const char *const pages[] = {"/api/live", "/api/queues", "/api/cases?limit=20", "/api/cases/*",
        "/api/cases/*?narrative=1", "/api/cases/*/candidates", "/api/tasks", "/api/alerts", "/api/deliveries",
        "/api/people", "/api/duty", "/api/duty/uncovered", "/api/corrections?narrative=1", "/api/measures",
        "/api/status", "/api/facilities", "/api/me", "/api/site", "/"};
    const char *page = pages[chance_below(&sim->chance, sizeof pages / sizeof *pages)];
    struct desk *desk = &sim->desks[chance_below(&sim->chance, sim->desk_count)];
    const char *star = strchr(page, '*');
    char text[ID_TEXT + 1] = "";
    if (star && !sim->case_count)
        return;
    if (star)
        id_to_text(&staff_some_case(sim)->case_id, text);
    errand_add(sim, ERRAND_LOOK, desk, "%.*s%s%s", (int)(star ? star - page : 0), page, text,
        star ? star + 1 : page);
}

static void do_as_people_do(struct sim *sim) {
    struct chance *chance = &sim->chance;
    if (chance_hits(chance, 40))
        look(sim);
    struct desk *desk = &sim->desks[chance_below(chance, sim->desk_count)];
    if (desk->cookie[0] && chance_hits(chance, 8))
        errand_add(sim, ERRAND_ORDER, desk, "/api/logout")->signs_out = true;
    else if (desk->cookie[0] && !desk->passwords[1][0] && chance_hits(chance, 8))
        change_password(sim, desk);
}

static bool is_done(const struct errand *errand) {
    return errand->over && !errand->outstanding;
}

bool desks_act(struct sim *sim) {
    struct machine *console = machine_of(sim, "console");
    bool acted = false;
    if (!sim->silent && !sim->quiet)
        do_as_people_do(sim);
    for (unsigned i = 0; i < sim->errand_count;) {
        struct errand *errand = sim->errands[i];
        if (errand->outstanding && errand->sent_life != console->life)
            lose(sim, errand);
        errand->over |= sim->silent && !errand->outstanding;
        if (is_done(errand)) {
            free(errand);
            sim->errands[i] = sim->errands[--sim->errand_count];
            acted = true;
            continue;
        }
        if (!errand->over && !errand->outstanding && sim->now >= errand->try_at)
            acted |= go(sim, errand);
        i++;
    }
    return acted;
}

int64_t desks_wake_at(const struct sim *sim) {
    int64_t at = INT64_MAX;
    for (unsigned i = 0; i < sim->errand_count; i++)
        if (!sim->errands[i]->outstanding && sim->errands[i]->try_at < at)
            at = sim->errands[i]->try_at;
    return at;
}

void desks_free(struct sim *sim) {
    for (unsigned i = 0; i < sim->errand_count; i++)
        free(sim->errands[i]);
    free(sim->errands);
    free(sim->told);
}

/* ---- answers ---- */

static const char *answer_header_of(const struct answer *answer, const char *name) {
    for (size_t i = 0; i < answer->header_count; i++)
        if (strcasecmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    return NULL;
}

static bool body_has(const struct answer *answer, const char *text) {
    return answer->body_size && memmem(answer->body, answer->body_size, text, strlen(text));
}

static void signed_in(struct sim *sim, struct errand *errand, const struct answer *answer) {
    struct desk *desk = errand->desk;
    const char *cookie = answer_header_of(answer, "Set-Cookie");
    const char *csrf = memmem(answer->body, answer->body_size, "\"csrf\":\"", 8);
    if (!cookie || !csrf) {
        sim_fail(sim, "%s is signed in without a cookie or a token", desk->account);
        return;
    }
    snprintf(desk->cookie, sizeof desk->cookie, "%.*s", (int)strcspn(cookie, ";"), cookie);
    sscanf(csrf, "\"csrf\":\"%63[^\"]", desk->csrf);
    desk->refused = 0;
}

/* The one that holds may be the old one or the new one when the answer to the change was lost. */
static void sign_in_refused(struct sim *sim, struct desk *desk, unsigned tried) {
    desk->password = desk->passwords[1][0] ? !tried : 0;
    if (++desk->refused < TRIES)
        return;
    if (!sim->restored)
        sim_fail(sim, "%s cannot sign in", desk->account);
    desk->made = false; /* restored: there may be no such account, or it has another password */
}

static void sign_in_answered(struct sim *sim, struct errand *errand, const struct answer *answer) {
    struct desk *desk = errand->desk;
    desk->signing_in = false;
    errand->over = true;
    if (answer->status == 200) {
        signed_in(sim, errand, answer);
    } else if (answer->status == 401) {
        sign_in_refused(sim, desk, errand->password);
    } else if (answer->status == 503 || answer->status == 429) {
        const char *wait = answer_header_of(answer, "Retry-After");
        desk->try_at = sim->now + (wait ? strtol(wait, NULL, 10) : 5) * 1000;
    } else {
        sim_fail(sim, "signing in is answered %u", answer->status);
    }
}

/* What an order was answered must be so in the journals, now and for good. A page of a link says nothing of
 * its order's id, but the person who sent it knows. */
static void note_told(struct sim *sim, const struct errand *errand, unsigned status) {
    for (size_t i = 0; i < sim->told_count; i++) {
        struct told *told = &sim->told[i];
        if (!id_equal(&told->id, &errand->id))
            continue;
        if (told->status != 202 && status != 202 && told->status != status)
            sim_fail(
                sim, "order %s is answered %u, and was answered %u", errand->id_text, status, told->status);
        if (status != 202)
            told->status = status;
        return;
    }
    if (sim->told_count == sim->told_room) {
        sim->told_room = sim->told_room ? sim->told_room * 2 : 256;
        sim->told = realloc(sim->told, sim->told_room * sizeof *sim->told);
    }
    sim->told[sim->told_count++] = (struct told){errand->id, status, false};
}

static void order_answered(struct sim *sim, struct errand *errand, const struct answer *answer) {
    const char *id = answer_header_of(answer, "Command-Id");
    errand->over = true;
    if (errand->signs_out)
        errand->desk->cookie[0] = 0;
    else if (id && strcmp(id, errand->id_text) == 0)
        note_told(sim, errand, answer->status);
    else
        sim_fail(sim, "%s is answered %u: %.*s", errand->path, answer->status, (int)answer->body_size,
            (const char *)answer->body);
    if (answer->status == 202) { /* the answer is still to come: asked for later */
        struct errand *later = errand_add(sim, ERRAND_LOOK, errand->desk, "/api/commands/%s", id);
        later->try_at = sim->now + chance_between(&sim->chance, 0, 60000);
    }
}

static void link_answered(struct sim *sim, struct errand *errand, const struct answer *answer) {
    errand->over = true;
    if (answer->status < 200 || answer->status >= 500)
        sim_fail(sim, "the link %s is answered %u", errand->path, answer->status);
    else
        note_told(sim, errand, answer->status);
}

static void look_answered(struct sim *sim, struct errand *errand, const struct answer *answer) {
    bool fine = answer->status == 200 || answer->status == 403 || answer->status == 404;
    errand->over = true;
    if (!fine)
        sim_fail(sim, "%s is answered %u: %.*s", errand->path, answer->status, (int)answer->body_size,
            (const char *)answer->body);
}

void desk_answered(struct sim *sim, struct errand *errand, const struct answer *answer) {
    errand->outstanding--;
    trace(sim, "%s %s is answered %u", errand->desk ? errand->desk->account : "a link", errand->path,
        answer->status);
    if (errand->kind == ERRAND_SIGN_IN)
        return sign_in_answered(sim, errand, answer);
    if (answer->status == 503 || answer->status == 429)
        return; /* try_at says when again */
    if (answer->status == 401 && errand->desk && !body_has(answer, "wrong-password")) {
        errand->desk->cookie[0] = 0;
        return;
    }
    if (errand->over && errand->kind != ERRAND_ORDER && errand->kind != ERRAND_LINK)
        return; /* the second of two clicks */
    switch (errand->kind) {
    case ERRAND_SIGN_IN:
        break;
    case ERRAND_PASSWORD:
        errand->over = true;
        if (answer->status == 204)
            errand->desk->password = 1;
        break;
    case ERRAND_LOOK:
        look_answered(sim, errand, answer);
        break;
    case ERRAND_ORDER:
        order_answered(sim, errand, answer);
        break;
    case ERRAND_LINK:
        link_answered(sim, errand, answer);
        break;
    }
}

/* ---- links of messages ---- */

static void use_link(struct sim *sim, const char *path, size_t size) {
    struct chance *chance = &sim->chance;
    int64_t at = sim->now + chance_between(chance, 0, chance_hits(chance, 500) ? 5000 : 3600000);
    errand_add(sim, ERRAND_LOOK, NULL, "%.*s", (int)size, path)->try_at = at;
    struct errand *errand = errand_add(sim, ERRAND_LINK, NULL, "%.*s", (int)size, path);
    errand->try_at = at + 1;
    snprintf(errand->body, sizeof errand->body, "id=%s", errand->id_text);
}

/* Its links are looked at and used, now and then two that contradict. */
void desk_message(struct sim *sim, const char *text) {
    for (const char *at = text; !sim->silent && (at = strstr(at, "/a/")); at += 3)
        if (chance_hits(&sim->chance, 15))
            use_link(sim, at, strcspn(at, "\n"));
}

/* ---- snapshots ---- */

void desks_snapshot(struct sim *sim) {
    for (size_t i = 0; i < sim->told_count; i++)
        sim->told[i].before_snapshot = sim->told[i].status != 202;
}

/* What was said after the snapshot is forgotten by those who said it. */
void desks_restored(struct sim *sim) {
    size_t kept = 0;
    for (size_t i = 0; i < sim->told_count; i++)
        if (sim->told[i].before_snapshot)
            sim->told[kept++] = sim->told[i];
    sim->told_count = kept;
}
