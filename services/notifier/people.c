#include "people.h"

#include "common/json.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

bool person_code_good(const char *code) {
    size_t size = strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return size >= 2 && size <= PERSON_CODE_MAX && code[size] == 0 && code[0] != '.';
}

/* --- members --- */

struct written_contact {
    const char *channel, *address;
};

struct written {
    const char *name, *area, *zone, *language;
    struct written_contact contacts[PERSON_CONTACTS_MAX];
    size_t contact_count;
    struct {
        const char *from, *until;
    } quiet;
};

#define TEXT(structure, member, need, from, to)                                                              \
    {                                                                                                        \
        .name = #member, .type = JSON_FIELD_TEXT, .required = need,                                          \
        .offset = offsetof(struct structure, member), .least = from, .most = to                              \
    }

static const struct json_field contact_fields[] = {TEXT(written_contact, channel, true, 1, 15),
    TEXT(written_contact, address, false, 0, MESSAGE_ADDRESS_MAX), {.name = NULL}};
static const struct json_field contact_item[] = {
    {.name = "contact", .type = JSON_FIELD_OBJECT, .members = contact_fields}};
static const struct json_field quiet_fields[] = {
    {.name = "from",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct written, quiet.from) - offsetof(struct written, quiet),
        .least = 5,
        .most = 5},
    {.name = "until",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct written, quiet.until) - offsetof(struct written, quiet),
        .least = 5,
        .most = 5},
    {.name = NULL}};
static const struct json_field person_fields[] = {TEXT(written, name, true, 1, PERSON_NAME_MAX),
    TEXT(written, area, false, 0, AREA_TEXT), TEXT(written, zone, false, 1, 32),
    TEXT(written, language, false, 2, 2),
    {.name = "contacts",
        .type = JSON_FIELD_LIST,
        .offset = offsetof(struct written, contacts),
        .most = PERSON_CONTACTS_MAX,
        .item = contact_item,
        .stride = sizeof(struct written_contact),
        .count_offset = offsetof(struct written, contact_count)},
    {.name = "quiet",
        .type = JSON_FIELD_OBJECT,
        .offset = offsetof(struct written, quiet),
        .members = quiet_fields},
    {.name = NULL}};

static bool line_is_clean(const char *text) {
    for (const unsigned char *each = (const unsigned char *)text; *each; each++)
        if (*each < 0x20 || *each == 0x7f)
            return false;
    return true;
}

static const char *take_contact(
    const struct written_contact *written, const char *code, struct person_contact *out) {
    int place = channel_find(written->channel);
    if (place < 0)
        return "Saluran tidak dikenal / A channel is not known";
    snprintf(out->channel, sizeof out->channel, "%s", written->channel);
    const char *address = written->address ? written->address : "";
    if (channel_table[place]->local) {
        if (address[0])
            return "Kotak keluar tidak memakai alamat / A local box takes no address";
        snprintf(out->address, sizeof out->address, "petugas-%s", code);
        return NULL;
    }
    if (!address[0] || !line_is_clean(address))
        return "Alamat kosong atau tidak terbaca / An address is empty or not one line";
    snprintf(out->address, sizeof out->address, "%s", address);
    return NULL;
}

static const char *take_quiet(const struct written *written, struct quiet_hours *out) {
    if (!written->quiet.from)
        return NULL;
    if (!rota_minute_parse(written->quiet.from, &out->from) ||
        !rota_minute_parse(written->quiet.until, &out->until))
        return "Jam tenang ditulis 21:00 / Quiet hours are written as 21:00";
    out->release = out->until;
    out->days = 0x7f;
    out->priorities = 0x1c; /* P2 to P4: a life never waits */
    return NULL;
}

static const char *take(
    const struct written *written, const char *code, enum calendar_zone zone, struct person *out) {
    const char *wrong = NULL;
    memset(out, 0, sizeof *out);
    out->zone = zone;
    snprintf(out->code, sizeof out->code, "%s", code);
    snprintf(out->name, sizeof out->name, "%s", written->name);
    snprintf(out->area, sizeof out->area, "%s", written->area ? written->area : "");
    snprintf(out->language, sizeof out->language, "%s", written->language ? written->language : "id");
    if (!line_is_clean(out->name))
        return "Nama tidak terbaca / The name is not one line";
    if (out->area[0] && area_level(out->area) == AREA_NONE)
        return "Wilayah ditulis seperti 35.07 / An area is written as 35.07";
    if (written->zone && !calendar_zone_parse(written->zone, &out->zone))
        return "Zona waktu: Asia/Jakarta, Asia/Makassar, Asia/Jayapura / Zone: one of these three";
    if (strcmp(out->language, "id") != 0 && strcmp(out->language, "en") != 0)
        return "Bahasa: id atau en / Language: id or en";
    for (size_t i = 0; !wrong && i < written->contact_count; i++)
        wrong = take_contact(&written->contacts[i], code, &out->contacts[out->contact_count++]);
    return wrong ? wrong : take_quiet(written, &out->quiet);
}

const char *person_read(
    const char *json, size_t size, const char *code, enum calendar_zone zone, struct person *out) {
    struct written written = {0};
    struct json_problem problem;
    json_t *root;
    person_wipe(out);
    if (json_read(json, size, PERSON_JSON_MAX, &root) != JSON_OK)
        return "Data petugas tidak terbaca / The person's data cannot be read";
    const char *wrong = json_fields_read(root, person_fields, &written, &problem)
                            ? take(&written, code, zone, out)
                            : "Data petugas: isian kurang, salah, atau tidak dikenal / The person's data: a "
                              "member is missing, wrong or not known";
    json_decref(root);
    if (wrong)
        person_wipe(out);
    return wrong;
}

void person_hash(const char *team, const struct person *person, uint8_t out[PERSON_HASH_BYTES]) {
    crypto_generichash_state state;
    uint8_t hash[16];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)team, strlen(team) + 1);
    crypto_generichash_update(&state, (const uint8_t *)person->code, strlen(person->code) + 1);
    if (person->links) /* links of before there was such a number stay good */
        crypto_generichash_update(&state, (const uint8_t *)&person->links, sizeof person->links);
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(out, hash, PERSON_HASH_BYTES);
}

void person_wipe(struct person *person) {
    sodium_memzero(person, sizeof *person);
}
