#include "duty.h"

#include "common/keystore.h"
#include "common/log.h"
#include "notifier_sql.h"
#include "state.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct duty {
    bool stale;
    struct person *people; /* by code */
    unsigned people_count;
    struct rota *rotas; /* by team */
    unsigned rota_count;
    struct rota_override *overrides; /* by team, the earliest first */
    unsigned override_count;
};

/* --- life --- */

static void forget(struct duty *duty) {
    if (duty->people)
        sodium_memzero(duty->people, duty->people_count * sizeof *duty->people);
    free(duty->people);
    free(duty->rotas);
    free(duty->overrides);
    *duty = (struct duty){.stale = true};
}

struct duty *duty_new(void) {
    struct duty *duty = calloc(1, sizeof *duty);
    if (duty)
        duty->stale = true;
    return duty;
}

void duty_free(struct duty **duty) {
    if (*duty)
        forget(*duty);
    free(*duty);
    *duty = NULL;
}

void duty_stale(struct duty *duty) {
    duty->stale = true;
}

static void make_stale(void *state, const void *argument) {
    (void)argument;
    duty_stale(((struct notifier *)state)->duty);
}

void duty_changed(struct turn *turn) {
    turn_after_commit(turn, make_stale, "", 1);
}

/* --- reading rows --- */

/* Room for one more; false: out of memory, or there are too many. */
static bool room_for(void **list, unsigned count, unsigned most, size_t size) {
    if (count & (count - 1) || (count > 0 && count < 16))
        return true;
    unsigned room = count < 16 ? 16 : count * 2;
    void *more = count < most ? realloc(*list, room * size) : NULL;
    if (more)
        *list = more;
    return more != NULL;
}

static struct seal_place place_of(const char *code, uint64_t version) {
    struct seal_place place = {.field = "person", .version = (int64_t)version};
    crypto_generichash(place.record.bytes, ID_BYTES, (const uint8_t *)code, strlen(code), NULL, 0);
    return place;
}

bool duty_seal_person(struct turn *turn, const char *code, uint64_t version, const void *json, size_t size,
    ProtobufCBinaryData *out) {
    const struct notifier *notifier = turn->state;
    struct seal_place place = place_of(code, version);
    return seal_local(
        keystore_local(notifier->keystore), &place, json, size, &notifier->random, turn->arena, out);
}

static bool open_person(struct turn *turn, struct statement *row, struct arena *arena, struct person *out) {
    const struct notifier *notifier = turn->state;
    const char *code = column_text(row, 0);
    struct seal_place place = place_of(code, (uint64_t)column_int(row, 1));
    ProtobufCBinaryData plain;
    size_t size;
    const void *sealed = column_blob(row, 2, &size);
    bool good = seal_open_local(keystore_local(notifier->keystore), &place, sealed, size, arena, &plain) ==
                    SEAL_OPENED &&
                !person_read((const char *)plain.data, plain.len, code, notifier->site->zone, out);
    if (good) {
        out->version = (uint64_t)place.version;
        out->links = column_int(row, 3);
    } else {
        log_line(LOG_ERROR, "person-unreadable", "code=%s", log_value(code));
    }
    arena_reset(arena);
    return good;
}

static bool load_people(struct turn *turn, struct duty *into) {
    struct arena *arena = arena_new(8 * PERSON_JSON_MAX);
    bool good = arena != NULL;
    struct statement *list = notifier_use(turn->store, NOTIFIER_PERSON_ALL);
    while (good && statement_step(list)) {
        void *people = into->people;
        good = room_for(&people, into->people_count, PEOPLE_MAX, sizeof *into->people);
        into->people = people;
        into->people_count += good && open_person(turn, list, arena, &into->people[into->people_count]);
    }
    statement_end(list);
    arena_free(&arena);
    return good;
}

static bool load_overrides(struct turn *turn, struct duty *into, char (**teams)[64]) {
    bool good = true;
    struct statement *list = notifier_use(turn->store, NOTIFIER_OVERRIDE_ALL);
    while (good && statement_step(list)) {
        void *overrides = into->overrides, *names = *teams;
        unsigned count = into->override_count;
        good = room_for(&overrides, count, DUTY_OVERRIDES_MAX, sizeof *into->overrides) &&
               room_for(&names, count, DUTY_OVERRIDES_MAX, sizeof **teams);
        into->overrides = overrides;
        *teams = names;
        if (!good)
            break;
        struct rota_override *each = &into->overrides[into->override_count++];
        *each = (struct rota_override){
            .id = column_id(list, 1), .from = column_int(list, 2), .until = column_int(list, 3)};
        snprintf(each->person, sizeof each->person, "%s", column_text(list, 4));
        snprintf(each->instead_of, sizeof each->instead_of, "%s", column_text(list, 5));
        snprintf((*teams)[count], sizeof(*teams)[count], "%s", column_text(list, 0));
    }
    statement_end(list);
    return good;
}

static const struct person *find_person(const struct duty *duty, const char *code) {
    unsigned low = 0, high = duty->people_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(code, duty->people[middle].code);
        if (order == 0)
            return &duty->people[middle];
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return NULL;
}

/* Codes with a comma between them; the place of one who has left stays, empty. */
static void take_people(const struct duty *duty, const char *list, struct rota *out) {
    for (const char *at = list; *at && out->count < ROTA_PEOPLE_MAX;) {
        char *code = out->people[out->count++];
        size_t size = strcspn(at, ",");
        snprintf(code, sizeof out->people[0], "%.*s", (int)size, at);
        if (!find_person(duty, code))
            code[0] = 0;
        at += size + (at[size] == ',');
    }
}

static void take_rota(const struct duty *duty, struct statement *row, struct rota *out) {
    *out = (struct rota){.version = (uint64_t)column_int(row, 1),
        .zone = (enum calendar_zone)column_int(row, 2),
        .period = (enum rota_period)column_int(row, 3),
        .handover = (int)column_int(row, 4),
        .start_day = column_int(row, 5),
        .end_day = column_int(row, 6),
        .at_once = (unsigned)column_int(row, 7)};
    snprintf(out->team, sizeof out->team, "%s", column_text(row, 0));
    take_people(duty, column_text(row, 8), out);
}

static void tie_overrides(struct duty *duty, const char (*teams)[64]) {
    unsigned at = 0;
    for (unsigned i = 0; i < duty->override_count; i++)
        if (!find_person(duty, duty->overrides[i].person))
            duty->overrides[i].person[0] = 0; /* the substitute has left: the place is empty */
    for (unsigned i = 0; i < duty->rota_count; i++) {
        struct rota *rota = &duty->rotas[i];
        while (at < duty->override_count && strcmp(teams[at], rota->team) < 0)
            at++;
        rota->overrides = duty->overrides + at;
        for (; at < duty->override_count && strcmp(teams[at], rota->team) == 0; at++)
            rota->override_count++;
    }
}

static bool load_rotas(struct turn *turn, struct duty *into) {
    bool good = true;
    struct statement *list = notifier_use(turn->store, NOTIFIER_ROTA_ALL);
    while (good && statement_step(list)) {
        void *rotas = into->rotas;
        good = room_for(&rotas, into->rota_count, DUTY_ROTAS_MAX, sizeof *into->rotas);
        into->rotas = rotas;
        if (good)
            take_rota(into, list, &into->rotas[into->rota_count++]);
    }
    statement_end(list);
    return good;
}

/* True: what is in memory is what the rows say. */
static bool fresh(struct turn *turn) {
    struct duty *duty = ((struct notifier *)turn->state)->duty;
    struct duty loaded = {0};
    char(*teams)[64] = NULL;
    if (!duty->stale)
        return true;
    bool good = load_people(turn, &loaded) && load_rotas(turn, &loaded) &&
                load_overrides(turn, &loaded, &teams) && store_health(turn->store) == STORE_OK;
    if (good) {
        tie_overrides(&loaded, (const char(*)[64])teams);
        forget(duty);
        *duty = loaded;
    } else {
        forget(&loaded);
        if (store_health(turn->store) == STORE_OK) /* else the turn says so itself */
            log_line(LOG_ERROR, "duty-not-read", "people=%u", duty->people_count);
    }
    free(teams);
    return good;
}

/* --- asking --- */

const struct person *duty_person(struct turn *turn, const char *code) {
    return fresh(turn) ? find_person(((struct notifier *)turn->state)->duty, code) : NULL;
}

static int compare_team(const void *team, const void *rota) {
    return strcmp(team, ((const struct rota *)rota)->team);
}

const struct rota *duty_rota(struct turn *turn, const char *team) {
    const struct duty *duty = ((struct notifier *)turn->state)->duty;
    if (!fresh(turn) || duty->rota_count == 0)
        return NULL;
    return bsearch(team, duty->rotas, duty->rota_count, sizeof *duty->rotas, compare_team);
}

unsigned duty_people(struct turn *turn, const struct person **list) {
    const struct duty *duty = ((struct notifier *)turn->state)->duty;
    unsigned count = fresh(turn) ? duty->people_count : 0;
    *list = duty->people;
    return count;
}

unsigned duty_rotas(struct turn *turn, const struct rota **list) {
    const struct duty *duty = ((struct notifier *)turn->state)->duty;
    unsigned count = fresh(turn) ? duty->rota_count : 0;
    *list = duty->rotas;
    return count;
}

/* --- choosing --- */

static void pass_over(struct rota_line *line, const char *person) {
    unsigned kept = 0;
    for (unsigned i = 0; i < line->count; i++)
        if (!person || !line->places[i] || strcmp(line->places[i], person) != 0)
            line->places[kept++] = line->places[i];
    line->count = kept;
}

static void choose_place(
    struct turn *turn, const struct rota_line *line, unsigned place, struct duty_chosen *chosen) {
    const struct person *person =
        place < line->count && line->places[place] ? duty_person(turn, line->places[place]) : NULL;
    if (person && chosen->count < DUTY_CHOSEN_MAX)
        chosen->people[chosen->count++] = person;
}

struct duty_chosen duty_choose(
    struct turn *turn, const char *team, enum policy_person whom, const char *except) {
    const struct rota *rota = duty_rota(turn, team);
    struct duty_chosen chosen = {.has_rota = rota != NULL};
    if (!rota)
        return chosen;
    struct rota_line line = rota_on_duty(rota, turn->now);
    pass_over(&line, except);
    switch (whom) {
    case POLICY_SECOND:
        choose_place(turn, &line, 1, &chosen);
        if (chosen.count == 0)
            choose_place(turn, &line, 0, &chosen);
        break;
    case POLICY_FIRST:
        choose_place(turn, &line, 0, &chosen);
        break;
    case POLICY_ANY:
    case POLICY_ALL:
        for (unsigned i = 0; i < line.at_once; i++)
            choose_place(turn, &line, i, &chosen);
        break;
    }
    return chosen;
}
