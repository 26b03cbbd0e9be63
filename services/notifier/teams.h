/* Duty teams of the site (teams.yaml): who is told. A team has a role, an area or a facility, and ways to
 * reach it. Agencies without an account are reached through a liaison: a team of ours that tells them.
 * People, telephones and rotas are not in files (duty.h); until they are entered a team is its mailbox and
 * its outbox.
 *
 * Read-only after loading; every team lives as long as the teams. */
#pragma once

#include "common/gazetteer.h"
#include "common/institutions.h"
#include "common/site.h"

#include "directory.h"
#include "policy.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TEAMS_MAX = 8192, /* 38 regencies x 33 roles + facilities x 3, x 300 bytes = 2.4 MiB at most */
    TEAM_ID_MAX = 63,
    TEAM_HASH_BYTES = 8,
    TEAM_CONTACTS_MAX = 8,
};

struct team_contact {
    const char *channel, *address;
};

struct team {
    const char *id, *name, *role;
    char area[AREA_TEXT + 1];                  /* "": the whole site */
    const struct directory_facility *facility; /* NULL: of an area */
    const char *email, *outbox;                /* NULL: none */
    struct team_contact contacts[TEAM_CONTACTS_MAX];
    unsigned contact_count;
    unsigned people; /* needed on duty */
    bool round_the_clock;
    uint8_t hash[TEAM_HASH_BYTES];                     /* of the id: stands for it in answer links */
    struct team *next, *next_by_id, *next_by_facility; /* same bucket */
};

struct liaison {
    const char *role, *owner; /* agency; role that tells it */
    const char *channel, *note;
};

struct teams;

/* folder: the site's; reads facilities.yaml too. gazetteer may be NULL (then no teams a regency). NULL with a
 * sentence. */
struct teams *teams_load(const char *folder, const struct site *site, const struct gazetteer *gazetteer,
    const struct site_roles *roles, struct error *error);
void teams_free(struct teams **teams);
unsigned teams_count(const struct teams *teams);
const struct team *teams_at(const struct teams *teams, unsigned index);
const struct directory *teams_directory(const struct teams *teams);
const struct institutions *teams_institutions(const struct teams *teams);

/* NULL: unknown. */
const struct team *teams_find(const struct teams *teams, const char *id);
const struct team *teams_find_hash(const struct teams *teams, const uint8_t hash[TEAM_HASH_BYTES]);
/* The team of a role at a facility; NULL: none. */
const struct team *teams_of_facility(const struct teams *teams, const char *role, const char *facility);
/* The team of a role for a place: the narrowest that covers it (POLICY_CASE), of its regency or wider
 * (POLICY_REGENCY), of the whole site (POLICY_PROVINCE). Of teams at facilities the nearest that serves the
 * place. An unknown place ("") is covered by teams of the whole site only. NULL: nobody. */
const struct team *teams_of_role(
    const struct teams *teams, const char *role, const char *area, enum policy_area reach);
/* The same, passing by teams of facilities that are accused. */
const struct team *teams_of_role_but(const struct teams *teams, const char *role, const char *area,
    enum policy_area reach, const struct accusation *accusation);
const struct liaison *teams_liaison(const struct teams *teams, const char *role); /* NULL: none */

/* How to reach a team on a channel; NULL: not at all. local: the channel keeps a box for the team itself. */
const char *team_address(const struct team *team, const char *channel, bool local);
