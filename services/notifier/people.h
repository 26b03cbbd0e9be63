/* A person who is told: name, zone, language, ways to reach them in their order, hours in which normal
 * messages wait. It travels and lies as JSON, sealed: name and addresses stand in no file in the clear.
 *
 *     {"name": "...", "area": "35.07", "zone": "Asia/Jakarta", "language": "id",
 *      "contacts": [{"channel": "email", "address": "..."}, {"channel": "outbox"}],
 *      "quiet": {"from": "21:00", "until": "06:00"}}
 *
 * Only name is required of the members; zone defaults to the site's, language to id, area to the whole site.
 * A channel with boxes of its own (outbox) takes no address: the box is petugas-<code>. Pure. */
#pragma once

#include "common/area.h"
#include "common/calendar.h"

#include "channel.h"
#include "quiet.h"
#include "rota.h"

#include <stdbool.h>

enum {
    PERSON_NAME_MAX = 96, /* bytes */
    PERSON_CONTACTS_MAX = 6,
    PERSON_JSON_MAX = 4096, /* 6 addresses of 255 bytes, escaped, and the rest */
    PEOPLE_MAX = 4096,      /* x 1.9 KiB = 8 MiB */
    PERSON_HASH_BYTES = 8,
};

struct person_contact {
    char channel[16];
    char address[MESSAGE_ADDRESS_MAX + 1];
};

struct person {
    char code[PERSON_CODE_MAX + 1];
    char name[PERSON_NAME_MAX + 1];
    char area[AREA_TEXT + 1]; /* whose coordinators may see and change it; "": of the whole site */
    enum calendar_zone zone;
    char language[3]; /* id, en */
    struct person_contact contacts[PERSON_CONTACTS_MAX];
    unsigned contact_count;
    struct quiet_hours quiet; /* from == until: none */
    uint64_t version;
    int64_t links; /* how often their links were made void */
};

bool person_code_good(const char *code);
/* From its JSON. NULL: good; else why not, "Indonesian / English" and nothing of the text in it, and out is
 * zeroed. Channels must be ones that the program has; whether the site uses them is asked when a message
 * leaves. */
const char *person_read(
    const char *json, size_t size, const char *code, enum calendar_zone zone, struct person *out);
/* Stands for a person of a team in answer links; another one after each time that they were made void. */
void person_hash(const char *team, const struct person *person, uint8_t out[PERSON_HASH_BYTES]);
/* Overwrites name and addresses. */
void person_wipe(struct person *person);
