/* Who is on duty: people, rotas and overrides, kept in memory and read again from their rows after each
 * change (a commit or a rollback makes them stale). While no rota is there, telling a team asks two words of
 * memory and no row. */
#pragma once

#include "common/turn.h"

#include "people.h"
#include "policy.h"
#include "rota.h"

#include <stdbool.h>

enum {
    DUTY_ROTAS_MAX = 2048,      /* x 1.2 KiB = 2.4 MiB */
    DUTY_OVERRIDES_MAX = 16384, /* x 96 bytes = 1.5 MiB */
    DUTY_CHOSEN_MAX = ROTA_AT_ONCE_MAX,
};

struct duty;

struct duty *duty_new(void); /* NULL: out of memory */
void duty_free(struct duty **duty);
/* What is in memory may differ from the rows: read again at the next question. For daemon.rolled_back. */
void duty_stale(struct duty *duty);
/* The same after the commit of this turn. Call with every row that is written. */
void duty_changed(struct turn *turn);

/* Pointers live until the end of the input at hand. NULL: there is none; also when rows cannot be read now,
 * the turn will see. */
const struct person *duty_person(struct turn *turn, const char *code);
const struct rota *duty_rota(struct turn *turn, const char *team);
unsigned duty_people(struct turn *turn, const struct person **list);
unsigned duty_rotas(struct turn *turn, const struct rota **list);

struct duty_chosen {
    bool has_rota;
    const struct person *people[DUTY_CHOSEN_MAX];
    unsigned count;
};
/* Whom of the team a telling means now. POLICY_SECOND: the second of the line, the first where there is no
 * second. except: somebody who is passed over, the next move up; NULL: nobody. */
struct duty_chosen duty_choose(
    struct turn *turn, const char *team, enum policy_person whom, const char *except);

/* The seal of a person's row. False: the arena is exhausted. */
bool duty_seal_person(struct turn *turn, const char *code, uint64_t version, const void *json, size_t size,
    ProtobufCBinaryData *out);
